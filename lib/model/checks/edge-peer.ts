import type { Context } from '../resolve/context';

type Stated = NonNullable<Context['environment']['gateway']['peer']>;

function everybody(cidr: string): boolean {
  return cidr.endsWith('/0');
}

/** Where requests come from must be said, or nothing would be let in; and never everywhere, or everything would be. */
function checkPeer({ problems }: Context, path: string, { namespace, podLabels, cidrs }: Stated): void {
  const labels = Object.keys(podLabels);
  if (namespace === undefined && cidrs.length === 0)
    problems.error(
      'edge-peer',
      path,
      labels.length ? 'podLabels alone' : 'nothing',
      'namespace, that of the pods that requests come from, or cidrs, where these have addresses of nodes or of a cloud',
    );
  else if (namespace === undefined && labels.length > 0)
    problems.error(
      'edge-peer-labels',
      `${path}.podLabels`,
      `${labels[0]}, of pods in no namespace`,
      'namespace beside it: addresses have no labels',
    );
  for (const [index, cidr] of cidrs.entries())
    if (everybody(cidr))
      problems.error(
        'edge-peer-everybody',
        `${path}.cidrs[${index}]`,
        `"${cidr}"`,
        'the addresses of the nodes or of the load balancers alone: everybody else could say whose request it is',
      );
}

/** The places from which the edge's requests come. */
export function checkEdgePeers(context: Context): void {
  const { at, environment } = context;
  checkPeer(context, `${at.environment}.ingress.peer`, environment.ingress.peer);
  if (environment.gateway.peer) checkPeer(context, `${at.environment}.gateway.peer`, environment.gateway.peer);
}
