import { defaultResources } from '../defaults';
import type { Capacity } from '../plan';
import { mostPods } from '../resolve/budget';
import type { Context } from '../resolve/context';
import { capacity } from '../resolve/workload';
import type { ParsedService } from '../schema/system';

/** What one pod of a service requests at the tier. */
function requestsOf({ tier }: Context, { resources, highResources }: ParsedService): Capacity {
  const stated = (tier === 'high' ? highResources : undefined) ?? resources;
  return stated === undefined ? defaultResources.requests : capacity(stated.requests);
}

/** The services that must share a node with one, itself included: by a volume, or by another that has one with each. */
function companions(mounting: ReadonlyMap<string, ParsedService>, name: string): string[] {
  const group = new Set([name]);
  for (const member of group) {
    const volumes = Object.keys(mounting.get(member)?.mounts ?? {});
    for (const [other, { mounts }] of mounting) if (volumes.some((volume) => volume in mounts)) group.add(other);
  }
  return [...group].sort();
}

/** What the node must have for all pods of a group: the most of each, and one more that rolls. */
function nodeSize(context: Context, names: readonly string[]): string {
  const sum = names.reduce(
    (total, name) => {
      const service = context.services.get(name);
      if (service === undefined) return total;
      const [pods, each] = [mostPods(service, context.tier), requestsOf(context, service)];
      return { cpu: total.cpu + pods * each.cpu, memory: total.memory + pods * each.memory };
    },
    { cpu: 0, memory: 0 },
  );
  return `${sum.cpu / 1000} CPU and ${sum.memory}Mi`;
}

/**
 * Volumes that several pods mount: possible in every way, but the lost availability of one node is said, and what that
 * node must hold: a pod that finds no room there stays Pending, and a rollout stops at it.
 */
export function checkSharedVolumes(context: Context): void {
  const { problems, environment, at, services, tier } = context;
  if (environment.sharedVolumes.by !== 'one-node') return;
  const mounting = new Map([...services].filter(([, { mounts }]) => Object.keys(mounts).length > 0));
  for (const [name, service] of mounting) {
    if (mostPods(service, tier) <= 2) continue;
    const together = companions(mounting, name);
    problems.warning(
      'one-node-volume',
      `${at.environment}.sharedVolumes`,
      `one-node, while ${name} mounts ${Object.keys(service.mounts).join(', ')} in several pods`,
      `{ by: "rwx", className } or object storage; or a node that has ${nodeSize(context, together)} for the pods of ${together.join(', ')}, which all fall with it`,
    );
  }
}
