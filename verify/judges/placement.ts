import type { ApiClient } from '../cluster/client';
import { ZONES } from '../cluster/controllers';
import { at, type KubernetesObject } from '../manifests/objects';

/** Workloads whose pods all share one zone although they ask for a spread over zones: its loss would take them all. */
export async function badlySpread(client: ApiClient, namespace: string): Promise<string[]> {
  const nodes = await client.list('/api/v1/nodes');
  const zones = new Map(
    nodes.map(({ metadata }) => [metadata.name, metadata.labels?.['topology.kubernetes.io/zone'] ?? '']),
  );
  const pods = await client.list(`/api/v1/namespaces/${namespace}/pods`);
  const groups = new Map<string, KubernetesObject[]>();
  for (const pod of pods.filter(spreadsOverZones)) {
    const owner = String(at(pod, 'metadata', 'ownerReferences', 0, 'name'));
    groups.set(owner, [...(groups.get(owner) ?? []), pod]);
  }
  return [...groups].flatMap(([owner, members]) => {
    const counts = ZONES.map(
      (zone) => members.filter((pod) => zones.get(String(at(pod, 'spec', 'nodeName'))) === zone).length,
    );
    // The spread is asked for softly, and the scheduler weighs room against it; what must hold is that no zone has all.
    const used = counts.filter((count) => count > 0).length;
    return members.length > 1 && used < 2 ? [`${namespace}/${owner}: pods over zones ${counts.join('/')}`] : [];
  });
}

function spreadsOverZones(pod: KubernetesObject): boolean {
  const constraints = at(pod, 'spec', 'topologySpreadConstraints');
  return (
    at(pod, 'status', 'phase') === 'Running' &&
    Array.isArray(constraints) &&
    constraints.some((constraint) => at(constraint, 'topologyKey') === 'topology.kubernetes.io/zone')
  );
}
