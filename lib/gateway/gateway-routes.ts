import { Construct } from 'constructs';
import { Gateway, HttpRoute, ReferenceGrantV1Beta1 } from '../../imports/gateway.networking.k8s.io';
import { metadata } from '../kubernetes/labels';
import type { GatewayPlan, Plan, TlsPlan } from '../model/plan';
import { httpRoutes } from './http-routes';
import { entries, gatewayName, listeners } from './listeners';

export interface GatewayRoutesProps {
  readonly plan: Plan;
  readonly gateway: GatewayPlan;
}

const owner = { name: 'edge', component: 'edge' } as const;

/** cert-manager watches Gateways for its own annotation, once it is started with its Gateway API support. */
function annotations(tls: TlsPlan): Record<string, string> | undefined {
  if (tls.by !== 'cert-manager' || tls.certificate) return undefined;
  const kind = tls.issuerKind === 'ClusterIssuer' ? 'cluster-issuer' : 'issuer';
  return { [`cert-manager.io/${kind}`]: tls.issuer };
}

/** The way in by the Gateway API: HTTPRoutes, and the Gateway that they attach to unless it exists. */
export class GatewayRoutes extends Construct {
  constructor(scope: Construct, id: string, { plan, gateway }: GatewayRoutesProps) {
    super(scope, id);
    const { edge, namespace } = plan;
    const found = entries(edge, gateway);
    if (gateway.kind === 'made') {
      new Gateway(this, 'Gateway', {
        metadata: metadata(plan, gatewayName, owner, annotations(edge.tls)),
        spec: { gatewayClassName: gateway.className, listeners: listeners(edge, found) },
      });
    } else if (gateway.namespace !== namespace) {
      this.grant(plan, gateway.namespace);
    }
    for (const [name, spec] of httpRoutes(edge, gateway, namespace, found)) {
      new HttpRoute(this, name, { metadata: metadata(plan, name, owner), spec });
    }
  }

  /** A Gateway of another namespace may read our certificates, and no other Secret: without a grant it may read none. */
  private grant(plan: Plan, namespace: string): void {
    const { tls, cdn } = plan.edge;
    if (!('secret' in tls)) return;
    const secrets = [...new Set([tls.secret, ...(cdn?.secret === undefined ? [] : [cdn.secret])])];
    new ReferenceGrantV1Beta1(this, 'ReferenceGrant', {
      metadata: metadata(plan, 'edge-certificates', owner),
      spec: {
        from: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', namespace }],
        to: secrets.map((name) => ({ group: '', kind: 'Secret', name })),
      },
    });
  }
}
