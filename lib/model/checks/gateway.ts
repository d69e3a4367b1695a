import type { Context } from '../resolve/context';
import { edgeKind, edgePeer, gatewayClass } from '../resolve/edge';

/** A Gateway has at most 64 listeners: one of port 80, one for static files, one for each host. */
const mostHosts = 62;

function checkPlace(context: Context): void {
  const { problems, at, namespace, environment } = context;
  // Who routes in its own way (GKE, Istio, Envoy Gateway) starts pods beside the Gateway: our policies would close them.
  if (environment.gateway.parent?.namespace === undefined && edgePeer(context).pods?.namespace === namespace)
    problems.error(
      'gateway-in-namespace',
      `${at.environment}.gateway.peer.namespace`,
      `"${namespace}", the system's own`,
      "a namespace of the Gateway's own, named by gateway.parent: here the default-deny policy would close its pods",
    );
}

function checkClass(context: Context): void {
  if (gatewayClass(context) === undefined)
    context.problems.error(
      'gateway-class',
      `${context.at.environment}.gateway.className`,
      'nothing',
      'the name of a GatewayClass (kubectl get gatewayclass), or gateway.parent: no class is the default one',
    );
  if (context.hosts.length > mostHosts)
    context.problems.error(
      'gateway-hosts',
      `${context.at.environment}.systems.${context.id}.hosts`,
      `${context.hosts.length} hosts`,
      `at most ${mostHosts}, or gateway.parent: a Gateway has at most 64 listeners`,
    );
}

function checkParent(context: Context): void {
  const { problems, at, environment } = context;
  const { parent } = environment.gateway;
  const path = `${at.environment}.gateway.parent`;
  if (parent?.redirectSectionName === undefined) return;
  if (environment.tls.by === 'none')
    problems.error(
      'gateway-redirect-without-tls',
      `${path}.redirectSectionName`,
      `"${parent.redirectSectionName}"`,
      'tls: there is no https to redirect to',
    );
  if (parent.sectionName === undefined || parent.sectionName === parent.redirectSectionName)
    problems.error(
      'gateway-section',
      `${path}.sectionName`,
      parent.sectionName === undefined ? 'nothing' : `"${parent.sectionName}", which is redirected`,
      'the listener of port 443, so that the routes are not at port 80 beside the redirect',
    );
}

/** What the Gateway API needs to be chosen by one word. */
export function checkGateway(context: Context): void {
  const { problems, at, environment } = context;
  const chosen = edgeKind(context) === 'gateway';
  const parent = environment.gateway.parent !== undefined;
  if (environment.tls.by === 'gateway' && !(chosen && parent))
    problems.error(
      'tls-gateway',
      `${at.environment}.tls.by`,
      '"gateway"',
      'edge "gateway" with gateway.parent, or another tls: there is no other Gateway that could have a certificate',
    );
  if (!chosen) return;
  checkPlace(context);
  if (parent) checkParent(context);
  else checkClass(context);
}
