import {
  type GatewaySpecListeners,
  GatewaySpecListenersAllowedRoutesNamespacesFrom,
  GatewaySpecListenersTlsMode,
} from '../../imports/gateway.networking.k8s.io';
import type { EdgePlan, GatewayPlan } from '../model/plan';

/** The name of our own Gateway. */
export const gatewayName = 'edge';

/** A host, and the listener through which it is reached; undefined: every one that lets the route attach. */
export interface Entry {
  readonly host: string;
  readonly section: string | undefined;
}

/** Which listeners the routes attach to. */
export interface Entries {
  readonly hosts: readonly Entry[];
  readonly cdn: Entry | undefined;
  /** The listener whose requests are redirected to https. */
  readonly redirect: string | undefined;
}

const http = 'http';

/** Numbered, not named after the host: a section's name is short, and a host may be long. */
function httpsSection(index: number): string {
  return index === 0 ? 'https' : `https-${index + 1}`;
}

/** Where each host comes in. With TLS each has a listener of its own, because cert-manager reads the names off them. */
export function entries({ hosts, tls, cdn }: EdgePlan, gateway: GatewayPlan): Entries {
  if (gateway.kind === 'parent') {
    const { sectionName: section, redirectSectionName: redirect } = gateway;
    return {
      hosts: hosts.map((host) => ({ host, section })),
      cdn: cdn && { host: cdn.host, section },
      redirect,
    };
  }
  const plain = tls.by === 'none';
  return {
    hosts: hosts.map((host, index) => ({ host, section: plain ? http : httpsSection(index) })),
    cdn: cdn && { host: cdn.host, section: plain ? http : 'https-cdn' },
    redirect: plain ? undefined : http,
  };
}

/** Routes of this namespace only: the default, written down, as a Gateway for all namespaces would be somebody else's way in. */
const ownRoutes = { namespaces: { from: GatewaySpecListenersAllowedRoutesNamespacesFrom.SAME } };

function https(name: string, hostname: string, secret: string): GatewaySpecListeners {
  return {
    name,
    hostname,
    port: 443,
    protocol: 'HTTPS',
    tls: { mode: GatewaySpecListenersTlsMode.TERMINATE, certificateRefs: [{ kind: 'Secret', name: secret }] },
    allowedRoutes: ownRoutes,
  };
}

/** The listeners of our own Gateway. Port 80 has one for every host: what a challenge of cert-manager asks for comes in there. */
export function listeners(edge: EdgePlan, { hosts, cdn }: Entries): GatewaySpecListeners[] {
  const plain: GatewaySpecListeners = { name: http, port: 80, protocol: 'HTTP', allowedRoutes: ownRoutes };
  if (!('secret' in edge.tls)) return [plain];
  const { secret } = edge.tls;
  return [
    plain,
    ...hosts.map(({ host, section = '' }) => https(section, host, secret)),
    ...(cdn?.section === undefined ? [] : [https(cdn.section, cdn.host, edge.cdn?.secret ?? secret)]),
  ];
}
