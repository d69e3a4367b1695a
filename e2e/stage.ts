/** What every check is given: a running cluster, a system in it, and where to write down what was found. */
import type { Plan, ServicePlan } from '../lib/model/plan';
import { OF_COMMANDS } from '../verify/cluster/memory';
import { run } from '../verify/kit/command';
import { goProgram } from '../verify/kit/tools';
import type { Api, Resource } from './cluster/api';
import type { Enforcer } from './cluster/enforcer';
import { KUBECONFIG, type NodeLayout } from './cluster/layout';
import type { Kind } from './load';
import type { Manifests } from './manifests';
import type { Webhooks } from './outside/webhooks';
import type { Client } from './users/client';
import type { User } from './users/user';

export interface Pod extends Resource {
  readonly metadata: Resource['metadata'] & { readonly uid: string; readonly namespace: string };
  readonly spec: {
    readonly nodeName?: string;
    readonly containers: readonly {
      readonly name: string;
      readonly image?: string;
      readonly ports?: readonly {
        readonly name?: string;
        readonly containerPort: number;
        readonly protocol?: 'TCP' | 'UDP';
      }[];
    }[];
  };
  readonly status: {
    readonly phase?: string;
    readonly podIP?: string;
    readonly conditions?: readonly Condition[];
    readonly containerStatuses?: readonly ContainerStatus[];
  };
}

export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly lastTransitionTime?: string;
}

interface ContainerStatus {
  readonly name: string;
  readonly containerID?: string;
  readonly restartCount: number;
  readonly state?: {
    readonly running?: { readonly startedAt: string };
    readonly terminated?: { readonly startedAt: string; readonly finishedAt: string; readonly exitCode: number };
  };
}

/** A row of the table in `docs/reliability.md`. */
export interface Incident {
  readonly what: string;
  /** `none`: nobody's request is concerned. */
  readonly kind: Kind | 'none';
  readonly requests: number;
  /** Requests that were sent in a second. */
  readonly perSecond: number;
  readonly failed: number;
  /** Longest time without an answered request. */
  readonly silentSeconds: number;
  /** From the first failed request to the last one. */
  readonly failingSeconds: number;
  /** Known once the promises are kept. */
  lost: string;
  /** Until all was well again; undefined where it was not. */
  seconds: number | undefined;
}

export interface Stage {
  readonly api: Api;
  readonly nodes: readonly NodeLayout[];
  readonly enforcer: Enforcer;
  readonly system: string;
  readonly namespace: string;
  /** At the tier that is running. */
  manifests: Manifests;
  readonly user: User;
  readonly incidents: Incident[];
  /** What was acknowledged and is asked for in the background; each holds what is wrong. */
  readonly promises: Promise<readonly string[]>[];
  /** When the load ended for which an autoscaler had asked for more pods, in milliseconds since 1970. */
  scaledAt?: number;
  /** Finds what was left for the backup to bring back, once there is one. @throws Error when it is not there */
  findLeft?: (client: Client) => Promise<void>;
  /** Who is told of alerts. */
  readonly webhooks: Webhooks;
  /** Lines for the page: title → what was measured. */
  readonly facts: Map<string, string>;
  readonly say: (line: string) => void;
}

/** @throws Error unless the claim holds */
export function expect(holds: boolean, claim: string): asserts holds {
  if (!holds) throw new Error(claim);
}

/** A check has nothing to look at in this system: neither passed nor failed. */
export class DoesNotApply extends Error {}

/** Ends a check that has nothing to look at, and says why. Not within `until`, which asks again after any error. */
export function doesNotApply(why: string): never {
  throw new DoesNotApply(why);
}

export function kubectl(args: readonly string[], timeoutSeconds = 120, input = '') {
  return run(goProgram('kubectl').path, args, { env: { KUBECONFIG, ...OF_COMMANDS }, timeoutSeconds, input });
}

/** @throws Error when kubectl fails */
export async function mustKubectl(args: readonly string[], timeoutSeconds = 120, input = ''): Promise<string> {
  const { status, stdout, stderr } = await kubectl(args, timeoutSeconds, input);
  if (status !== 0) throw new Error(`kubectl ${args.slice(0, 5).join(' ')}: ${stderr.trim().slice(-600)}`);
  return stdout;
}

/**
 * For `kubectl apply` over objects that are there: it compares them by the types that it knows by itself. Without this it
 * reads the API's description of each one's group twice, nine seconds of a core for a folder of manifests. The applies to an
 * empty namespace, and the second one, which must change nothing, do without it, as a user does; so do the sequences of
 * changes in `verify/changes`.
 */
export const BY_KNOWN_TYPES = '--openapi-patch=false';

export function podsPath(namespace: string): string {
  return `/api/v1/namespaces/${namespace}/pods`;
}

export function isReady({ status }: Pod): boolean {
  return status.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false;
}

export function workloadOf(pod: Pod): string {
  return pod.metadata.labels?.['app.kubernetes.io/name'] ?? '';
}

export function isService({ services }: Pick<Plan, 'services'>, name: string, kind: ServicePlan['kind']): boolean {
  return services.some((service) => service.name === name && service.kind === kind);
}

/** Pods that are meant to go on: no finished Jobs, nothing on its way out. */
export async function livePods(stage: Stage): Promise<Pod[]> {
  const pods = await stage.api.list<Pod>(podsPath(stage.namespace));
  return pods.filter(
    ({ status, metadata }) => status.phase !== 'Succeeded' && status.phase !== 'Failed' && !metadata.deletionTimestamp,
  );
}

/** Of these, the ones that a Deployment or a StatefulSet keeps: no Job's pod, and none of a test. */
export async function keptPods(stage: Stage): Promise<Pod[]> {
  const kept = new Set(['ReplicaSet', 'StatefulSet']);
  return (await livePods(stage)).filter(({ metadata }) => metadata.ownerReferences?.some(({ kind }) => kept.has(kind)));
}

/** @throws Error when something that was acknowledged is lost */
export async function keepPromises(stage: Stage): Promise<void> {
  if (stage.promises.length === 0) doesNotApply('nothing was acknowledged meanwhile');
  const wrong = (await Promise.all(stage.promises.splice(0))).flat();
  expect(wrong.length === 0, wrong.join('; '));
}
