import { groupOf } from '../../lib/changes';
import { message } from '../cluster/client';
import { type Cluster, startCluster } from '../cluster/cluster';
import { installCustomResources, SUBSTITUTES } from '../cluster/custom-resources';
import { goProgram, RELEASES, type Release } from '../kit/tools';
import { describe, type KubernetesObject } from '../manifests/objects';
import { podsOf } from '../manifests/pods';
import { type ManifestSet, title } from '../manifests/sets';
import type { Verdict } from '../report';
import { uncaughtFaults } from './faults';
import type { Bench, Judge } from './judge';
import { misjudgedSamples, OPERATOR_SAMPLES } from './operator-faults';
import { lostFields } from './returned';

const STRICT = 'dryRun=All&fieldValidation=Strict&fieldManager=verify';
const RESTRICTED = 'pod-security';

/**
 * Every object before the API servers of both ends of the supported range: strict, warnings are failures, and what
 * comes back must hold every field that was sent.
 */
export const admission: Judge = {
  name: 'API servers',
  programs: () => RELEASES.map((release) => `kube-apiserver ${goProgram('kube-apiserver', release).version}`),
  run: async ({ sets, variants }: Bench) => {
    const all = [...sets, ...(await variants()).flatMap(({ set }) => set ?? [])];
    const verdicts = await Promise.all(RELEASES.map((release) => judgeRelease(release, all)));
    return verdicts.flat();
  },
};

async function judgeRelease(release: Release, sets: readonly ManifestSet[]): Promise<Verdict[]> {
  const cluster = await startCluster(release, 'none');
  try {
    return await judgeWith(cluster, sets);
  } finally {
    await cluster.stop();
  }
}

async function judgeWith(cluster: Cluster, sets: readonly ManifestSet[]): Promise<Verdict[]> {
  const { client, version } = cluster;
  const all = sets.flatMap(({ objects }) => objects);
  await installCustomResources(cluster, [...all, ...OPERATOR_SAMPLES.map(({ object }) => object)]);
  await createNamespaces(cluster, sets);
  const verdicts: Verdict[] = [];
  // Tiers and variants share most objects: the same object gets the same answer.
  const submitOnce = once((object: KubernetesObject) => submit(cluster, object));
  const restrictedPods = once((object: KubernetesObject) => podsOf(object, RESTRICTED));
  for (const set of sets) {
    const pods = set.objects.flatMap(restrictedPods);
    const objects = await client.each(set.objects, submitOnce);
    const restricted = await client.each(pods, submitOnce);
    verdicts.push({
      subject: `${title(set)} on ${version}`,
      checked: set.objects.length + pods.length,
      problems: [...objects, ...restricted].flat(),
    });
  }
  const isCaught = async (object: KubernetesObject) => (await submit(cluster, object)).length > 0;
  verdicts.push({ subject: `single faults on ${version}`, ...(await uncaughtFaults(isCaught)) });
  const samples = await misjudgedSamples(isCaught);
  verdicts.push({ subject: `operators' definitions on ${version}`, ...samples, notes: substituted(all) });
  return verdicts;
}

/** Remembers the answer for an object, and for every other one that is equal to it. */
function once<T>(work: (object: KubernetesObject) => T): (object: KubernetesObject) => T {
  const answers = new Map<KubernetesObject | string, T>();
  return (object) => {
    const same = answers.get(object);
    if (same !== undefined) return same;
    const text = JSON.stringify(object);
    const answer = answers.get(text) ?? work(object);
    answers.set(object, answer).set(text, answer);
    return answer;
  };
}

/** What was judged by something else than the operator's own definition, which cannot be had here. */
function substituted(objects: readonly KubernetesObject[]): string[] {
  return Object.entries(SUBSTITUTES).map(([group, origin]) => {
    const judged = objects.filter(({ apiVersion }) => groupOf(apiVersion) === group);
    return `${group}: ${judged.length} objects judged by ${origin}`;
  });
}

/** A dry run persists nothing, so the namespaces that objects live in must be there. */
async function createNamespaces({ client }: Cluster, sets: readonly ManifestSet[]): Promise<void> {
  const enforced = {
    'pod-security.kubernetes.io/enforce': 'restricted',
    'pod-security.kubernetes.io/warn': 'restricted',
  };
  const given = sets.flatMap(({ objects }) => objects.map(({ metadata }) => metadata.namespace));
  for (const name of new Set([...given, RESTRICTED])) {
    if (name === undefined || name === 'default') continue;
    const labels = name === RESTRICTED ? enforced : {};
    await client.must('POST', '/api/v1/namespaces', {
      body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } },
    });
    // Nobody makes it without a controller manager, and bare Pods want it.
    await client.must('POST', `/api/v1/namespaces/${name}/serviceaccounts`, {
      body: { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } },
    });
  }
}

/** What the server has against an object; nothing when it takes it as it is. */
async function submit({ client }: Cluster, object: KubernetesObject): Promise<string[]> {
  const collection = await client.collection(object);
  if (collection === undefined)
    return [`${describe(object)}: the server does not know ${object.apiVersion} ${object.kind}`];
  const reply =
    object.kind === 'Namespace' // it exists by now
      ? await client.request('PATCH', `${collection}/${object.metadata.name}?${STRICT}&force=true`, {
          body: object,
          contentType: 'application/apply-patch+yaml',
        })
      : await client.request('POST', `${collection}?${STRICT}`, { body: object });
  if (reply.status >= 300) return [`${describe(object)}: ${reply.status} ${message(reply)}`];
  const lost = lostFields(sentFields(object), reply.body).map((field) => `dropped or changed ${field}`);
  return [...reply.warnings.map((warning) => `warning: ${warning}`), ...lost].map(
    (problem) => `${describe(object)}: ${problem}`,
  );
}

/** `stringData` is written only: it comes back as `data`. */
function sentFields(object: KubernetesObject): unknown {
  if (object.kind !== 'Secret') return object;
  const { stringData: _, ...rest } = object;
  return rest;
}
