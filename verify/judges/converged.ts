import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiClient } from '../cluster/client';
import { at, describe, type KubernetesObject } from '../manifests/objects';

const POLL_MILLISECONDS = 500;
/** Of a thousand services each look is work for the server, too, which it has enough of. */
const PAUSE_PER_LOOK = 3;
const FAILURES = ['FailedCreate', 'FailedBinding', 'ProvisioningFailed'];

/** Waits until nothing is left to wait for; hands back what still is at the deadline. */
export async function waitFor(unfinished: () => Promise<string[]>, seconds: number): Promise<string[]> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const start = Date.now();
    const waiting = await unfinished();
    if (waiting.length === 0) return [];
    if (Date.now() > deadline) return waiting.map((line) => `${line} after ${seconds} s`);
    await sleep(Math.max(POLL_MILLISECONDS, PAUSE_PER_LOOK * (Date.now() - start)));
  }
}

/**
 * What of a namespace has not arrived yet: rollouts and Jobs; once they have, pods and the claims that pods use. Each look
 * at the pods of a thousand services is megabytes, which say nothing new while the rollouts go on.
 */
export async function unfinished(client: ApiClient, namespace: string): Promise<string[]> {
  const list = async (group: string, resource: string) => client.list(`/${group}/namespaces/${namespace}/${resource}`);
  const [deployments, statefulSets, jobs] = await Promise.all([
    list('apis/apps/v1', 'deployments'),
    list('apis/apps/v1', 'statefulsets'),
    list('apis/batch/v1', 'jobs'),
  ]);
  const controllers = [
    ...named(
      'Deployment',
      deployments.filter((object) => !isRolledOut(object, 'availableReplicas')),
    ),
    ...named(
      'StatefulSet',
      statefulSets.filter((object) => !isRolledOut(object, 'readyReplicas')),
    ),
    ...named(
      'Job',
      jobs.filter((object) => !hasCondition(object, 'Complete')),
    ),
  ];
  return controllers.length > 0 ? controllers : unfinishedPods(list);
}

async function unfinishedPods(
  list: (group: string, resource: string) => Promise<KubernetesObject[]>,
): Promise<string[]> {
  const [pods, claims] = await Promise.all([list('api/v1', 'pods'), list('api/v1', 'persistentvolumeclaims')]);
  return [
    ...named(
      'Pod',
      pods.filter((object) => !isRunningOrDone(object)),
    ),
    ...named(
      'PersistentVolumeClaim',
      claims.filter((claim) => isUsed(claim, pods) && phase(claim) !== 'Bound'),
    ),
  ];
}

function named(kind: string, objects: readonly KubernetesObject[]): string[] {
  return objects.map((object) => `${describe({ ...object, kind })} has not converged`);
}

function isRolledOut(object: KubernetesObject, ready: string): boolean {
  const wanted = Number(at(object, 'spec', 'replicas') ?? 1);
  const status = (field: string) => Number(at(object, 'status', field) ?? 0);
  return (
    status('observedGeneration') >= Number(object.metadata['generation'] ?? 0) &&
    status('updatedReplicas') === wanted &&
    status('replicas') === wanted &&
    status(ready) === wanted
  );
}

export function hasCondition(object: KubernetesObject, type: string): boolean {
  const conditions = at(object, 'status', 'conditions');
  if (!Array.isArray(conditions)) return false;
  return conditions.some((condition) => at(condition, 'type') === type && at(condition, 'status') === 'True');
}

function phase(object: KubernetesObject): unknown {
  return at(object, 'status', 'phase');
}

function isRunningOrDone(pod: KubernetesObject): boolean {
  return phase(pod) === 'Succeeded' || (phase(pod) === 'Running' && hasCondition(pod, 'Ready'));
}

function isUsed(claim: KubernetesObject, pods: readonly KubernetesObject[]): boolean {
  return pods.some((pod) => {
    const volumes = at(pod, 'spec', 'volumes');
    return (
      Array.isArray(volumes) &&
      volumes.some((volume) => at(volume, 'persistentVolumeClaim', 'claimName') === claim.metadata.name)
    );
  });
}

/** Why controllers could not make what they should have since then: quotas, Pod Security, missing accounts. */
export async function failureEvents(client: ApiClient, namespace: string, since: number): Promise<string[]> {
  const events = await client.list(`/api/v1/namespaces/${namespace}/events`);
  const failures = events
    .filter((event) => FAILURES.includes(String(event['reason'])) && lastSeen(event) >= since)
    .map((event) => {
      const owner = `${String(at(event, 'involvedObject', 'kind'))} ${namespace}/${String(at(event, 'involvedObject', 'name'))}`;
      // Each attempt names another pod and another amount: one line per owner is enough.
      return [owner, `${owner}: ${String(event['reason'])}: ${String(event['message'])}`] as const;
    });
  return [...new Map(failures).values()];
}

function lastSeen(event: KubernetesObject): number {
  return Date.parse(String(event['lastTimestamp'] ?? event['eventTime'] ?? event.metadata['creationTimestamp']));
}

/** Events are stamped in whole seconds. */
export function wholeSecond(time: number): number {
  return Math.floor(time / 1000) * 1000;
}
