import { systemOf } from '../../bench/generate';
import { resolvePlan } from '../../lib/model/resolve';
import type { Cluster } from '../cluster/cluster';
import { createNamedClasses } from '../cluster/controllers';
import { scratchFolder } from '../kit/scratch';
import { describe, type KubernetesObject } from '../manifests/objects';
import { errors, type ManifestSet, workspace, write } from '../manifests/sets';
import type { Verdict } from '../report';
import { failureEvents, unfinished, waitFor, wholeSecond } from './converged';
import { namespaceOf } from './transition';

const SERVICES = 1000;
const SECONDS = 300;
/** Made already, by a request whose answer was lost. */
const CONFLICT = 409;
/** Made in this order, and each kind before the next: a pod wants its account, policies and claims. */
const FIRST = ['Namespace', 'LimitRange', 'ResourceQuota', 'ServiceAccount', 'Role', 'RoleBinding'];

/** As many services as one system is ever likely to have, as a system of Keelson, on one small control plane. */
export async function convergeThousand(cluster: Cluster): Promise<Verdict> {
  const subject = `${SERVICES} services converge`;
  const start = Date.now();
  const elapsed = () => `${((Date.now() - start) / 1000).toFixed(1)} s`;
  const set = synthesizeThousand();
  const rendered = elapsed();
  const namespace = namespaceOf(set);
  await createNamedClasses(cluster.client, [set]);
  const problems = await createAll(cluster, set.objects);
  const applied = elapsed();
  problems.push(...(await waitFor(() => unfinished(cluster.client, namespace), SECONDS)));
  problems.push(...(await failureEvents(cluster.client, namespace, wholeSecond(start))));
  const note = `${SERVICES} services, ${set.objects.length} objects: rendered after ${rendered}, applied after ${applied}, all available after ${elapsed()}`;
  return { subject, checked: set.objects.length, problems, notes: [note] };
}

/** The benchmark's system, in production at its smallest. */
function synthesizeThousand(): ManifestSet {
  const combination = { system: 'thousand', environment: 'production', tier: 'low' } as const;
  const { plan, problems } = resolvePlan({
    system: { id: combination.system, raw: systemOf(SERVICES) },
    environment: { name: combination.environment, raw: workspace.environment(combination.environment), images: {} },
    tier: combination.tier,
  });
  if (plan === undefined) throw new Error(errors(problems).join('\n'));
  const { set, problems: refused } = write(combination, plan, scratchFolder('thousand'));
  if (set === undefined) throw new Error(refused.join('\n'));
  return set;
}

/** Sixteen at a time: kubectl sends one after the other, and what is measured here is the cluster. */
async function createAll({ client }: Cluster, objects: readonly KubernetesObject[]): Promise<string[]> {
  const create = async (object: KubernetesObject): Promise<string[]> => {
    const reply = await client.request('POST', String(await client.collection(object)), { body: object });
    return reply.status < 300 || reply.status === CONFLICT
      ? []
      : [`${describe(object)}: ${reply.status} ${JSON.stringify(reply.body['message'])}`];
  };
  const problems: string[] = [];
  for (const kind of FIRST) {
    const own = objects.filter((object) => object.kind === kind);
    problems.push(...(await client.each(own, create)).flat());
  }
  const rest = objects.filter(({ kind }) => !FIRST.includes(kind));
  return [...problems, ...(await client.each(rest, create)).flat()];
}
