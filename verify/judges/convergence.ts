import { type Cluster, startCluster } from '../cluster/cluster';
import { createNamedClasses, createNodes } from '../cluster/controllers';
import { installCustomResources } from '../cluster/custom-resources';
import { apply } from '../cluster/live';
import { inParallel } from '../cluster/parallel';
import { goProgram } from '../kit/tools';
import { type ManifestSet, title } from '../manifests/sets';
import type { Verdict } from '../report';
import { failureEvents, unfinished, waitFor, wholeSecond } from './converged';
import { drainNodes } from './drain';
import { failRollouts } from './failing-rollout';
import type { Bench, Judge } from './judge';
import { badlySpread } from './placement';
import { scaleByMetrics } from './scaling';
import { convergeThousand } from './thousand';
import { namespaceOf } from './transition';

const NODES = 6;
const CONVERGE_SECONDS = 90;
const SYSTEMS_AT_ONCE = 2;
/** Quicker than the default, for their way up and down is looked at. */
const AUTOSCALER_SECONDS = 5;
const LARGEST = 'high';
const TIERS = ['medium', LARGEST] as const;

/** A scheduler and the controllers, and nodes that run nothing but say they do: do the objects arrive together? */
export const convergence: Judge = {
  name: 'Scheduler and controllers',
  programs: () =>
    ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kwok', 'etcd'].map(
      (name) => `${name} ${goProgram(name).version}`,
    ),
  run: async ({ sets }: Bench) => {
    const cluster = await startCluster('1.36', 'kwok', { autoscalerSeconds: AUTOSCALER_SECONDS, endpoints: 'unread' });
    try {
      await createNodes(cluster.client, NODES);
      return await judgeOn(cluster, sets);
    } finally {
      await cluster.stop();
    }
  },
};

async function judgeOn(cluster: Cluster, sets: readonly ManifestSet[]): Promise<Verdict[]> {
  await createNamedClasses(cluster.client, sets);
  await installCustomResources(
    cluster,
    sets.flatMap(({ objects }) => objects),
  );
  const verdicts: Verdict[] = [];
  for (const tier of TIERS) {
    const chosen = sets.filter((set) => set.environment === 'production' && set.tier === tier);
    verdicts.push(...(await inParallel(chosen, SYSTEMS_AT_ONCE, (set) => converge(cluster, set))));
  }
  const namespaces = new Set(sets.filter(({ environment }) => environment === 'production').map(namespaceOf));
  verdicts.push(await scaleByMetrics(cluster, [...namespaces]));
  verdicts.push(await drainNodes(cluster));
  verdicts.push(await failRollouts(cluster, [...namespaces]));
  await removeAutoscalers(cluster, [...namespaces]);
  verdicts.push(await convergeThousand(cluster));
  return verdicts;
}

async function converge(cluster: Cluster, set: ManifestSet): Promise<Verdict> {
  const { client } = cluster;
  const namespace = namespaceOf(set);
  const start = Date.now();
  const problems = await apply(cluster, set.folder);
  problems.push(...(await waitFor(() => unfinished(client, namespace), CONVERGE_SECONDS)));
  const seconds = ((Date.now() - start) / 1000).toFixed(1);
  if (set.tier === LARGEST) problems.push(...(await startCronJobs(cluster, set)));
  problems.push(
    ...(await failureEvents(client, namespace, wholeSecond(start))),
    ...(await badlySpread(client, namespace)),
  );
  return {
    subject: `${title(set)} converges`,
    checked: set.objects.length,
    problems,
    notes: [`${title(set)}: ${set.objects.length} objects, converged ${seconds} s after kubectl apply`],
  };
}

/** They would ask for metrics that nobody gives any more, while the time of a thousand services is taken. */
async function removeAutoscalers({ client }: Cluster, namespaces: readonly string[]): Promise<void> {
  await client.each(namespaces, (namespace) =>
    client.must('DELETE', `/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers`),
  );
}

/** Starts every CronJob by hand, as the runbook does with those that are suspended. */
async function startCronJobs(cluster: Cluster, set: ManifestSet): Promise<string[]> {
  const namespace = namespaceOf(set);
  const cronJobs = set.objects.filter(({ kind }) => kind === 'CronJob');
  const problems: string[] = [];
  for (const { metadata } of cronJobs) {
    const name = `${metadata.name.slice(0, 40)}-${set.tier}`;
    const create = ['create', 'job', name, `--from=cronjob/${metadata.name}`, '--namespace', namespace];
    const { status, stderr } = await cluster.kubectl(create);
    if (status !== 0) problems.push(`CronJob ${metadata.name} cannot be started: ${stderr.trim()}`);
  }
  return [...problems, ...(await waitFor(() => unfinished(cluster.client, namespace), CONVERGE_SECONDS))];
}
