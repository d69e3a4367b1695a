/** Bootstrap made the Secrets; a second apply changes nothing at all; the account that made them cannot read them. */
import { createHash } from 'node:crypto';
import type { Plan } from '../../lib/model/plan';
import type { KubernetesObject } from '../../verify/manifests/objects';
import type { Resource } from '../cluster/api';
import { expect, keptPods, kubectl, mustKubectl, type Pod, type Stage, workloadOf } from '../stage';

export interface Secret extends Resource {
  readonly data?: Readonly<Record<string, string>>;
}

function secretsPath({ namespace }: Stage): string {
  return `/api/v1/namespaces/${namespace}/secrets`;
}

/**
 * A digest of every value that the bootstrap makes at random, by `secret/key`.
 * @throws Error unless each is there, is as the Plan wants it, and is like no other
 */
export function randomValues(plan: Pick<Plan, 'secrets'>, secrets: readonly Secret[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const { name, keys } of plan.secrets.filter((secret) => secret.class === 'generated')) {
    for (const [key, recipe] of Object.entries(keys)) {
      if (recipe === undefined || recipe.make === 'literal') continue;
      const data = secrets.find(({ metadata }) => metadata.name === name)?.data?.[key] ?? '';
      const value = Buffer.from(data, 'base64').toString();
      const wanted = recipe.make === 'hex' ? new RegExp(`^[0-9a-f]{${recipe.bytes * 2}}$`) : /^-----BEGIN /;
      expect(wanted.test(value), `Secret ${name} has no random ${key}`);
      found.set(`${name}/${key}`, createHash('sha256').update(value).digest('hex'));
    }
  }
  expect(found.size > 0, 'Nothing is made at random');
  expect(new Set(found.values()).size === found.size, 'Two Secrets have the same value');
  return found;
}

export async function randomValuesOf(stage: Stage): Promise<Map<string, string>> {
  return randomValues(stage.manifests.plan, await stage.api.list<Secret>(secretsPath(stage)));
}

/**
 * A namespace that is made again has values of its own: they are random, not derived.
 * @throws Error when one of the earlier ones is there again
 */
export async function expectOtherValues(stage: Stage, earlier: ReadonlyMap<string, string>): Promise<void> {
  const values = await randomValuesOf(stage);
  const before = new Set(earlier.values());
  const again = [...values].flatMap(([name, digest]) => (before.has(digest) ? [name] : []));
  expect(before.size > 0 && again.length === 0, `The same value as before: ${again.join(', ')}`);
}

/**
 * Pods that a second apply replaced or restarted. An autoscaler may take or make some meanwhile: of the same template.
 * @param scaled the workloads that have one
 */
export function changedPods(before: readonly Pod[], after: readonly Pod[], scaled: ReadonlySet<string>): string[] {
  const restarts = ({ status }: Pod): string =>
    JSON.stringify(status.containerStatuses?.map(({ name, restartCount }) => [name, restartCount]));
  const template = (pod: Pod): string => `${workloadOf(pod)} ${pod.metadata.labels?.['pod-template-hash']}`;
  const templates = new Set(before.map(template));
  const isScaled = (pod: Pod): boolean => scaled.has(workloadOf(pod));
  const gone = before.filter((pod) => {
    const same = after.find(({ metadata }) => metadata.uid === pod.metadata.uid);
    return same === undefined ? !isScaled(pod) : restarts(same) !== restarts(pod);
  });
  const known = new Set(before.map(({ metadata }) => metadata.uid));
  const others = after.filter(
    (pod) => !known.has(pod.metadata.uid) && !(isScaled(pod) && templates.has(template(pod))),
  );
  return [...gone, ...others].map(({ metadata }) => metadata.name);
}

type Metadata = Resource['metadata'] & Readonly<Record<string, unknown>>;

interface Content extends Resource {
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly status?: unknown;
}

/** An object without what moves by itself, and without what its autoscaler moves. */
export function settledContent(object: Content & { readonly kind: string }, scaled: ReadonlySet<string>): unknown {
  const { status: _status, metadata, ...rest } = object;
  const { resourceVersion: _version, managedFields: _fields, ...kept }: Metadata = metadata;
  if (object.kind !== 'Deployment' || !scaled.has(metadata.name)) return { ...rest, metadata: kept };
  const { replicas: _replicas, ...spec } = object.spec ?? {};
  const { generation: _generation, ...ours } = kept;
  return { ...rest, metadata: ours, spec };
}

/** Where the server lists the objects of a kind. */
export function collectionOf({ apiVersion, kind, metadata: { namespace } }: KubernetesObject): string {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const place = namespace === undefined ? '' : `/namespaces/${namespace}`;
  const plural = kind.toLowerCase().replace(/y$/, 'ie').replace(/s$/, 'se');
  return `${root}${place}/${plural}s`;
}

/**
 * Every object of the manifests as the server has it. What kubectl says is no measure: it sends a StatefulSet's claim
 * templates and a budget's selector each time, and calls that `configured`.
 */
async function contents({ api, manifests }: Stage, scaled: ReadonlySet<string>): Promise<string[]> {
  const paths = [...new Set(manifests.objects.map(collectionOf))];
  const found = await Promise.all(
    paths.map(async (path) => {
      const there = new Map((await api.list<Content>(path)).map((object) => [object.metadata.name, object]));
      const wanted = manifests.objects.filter((object) => collectionOf(object) === path);
      return wanted.map(({ kind, metadata: { name } }) => {
        const object = there.get(name);
        expect(object !== undefined, `There is no ${kind} ${name}`);
        return `${kind} ${name} ${JSON.stringify(settledContent({ ...object, kind }, scaled))}`;
      });
    }),
  );
  return found.flat();
}

async function checkSecondApply(stage: Stage): Promise<void> {
  const { plan, folder } = stage.manifests;
  const scaled = new Set(plan.services.flatMap(({ name, autoscaler }) => (autoscaler ? [name] : [])));
  const state = () => Promise.all([keptPods(stage), contents(stage, scaled)]);
  const [pods, objects] = await state();
  const diff = await kubectl(['diff', '--concurrency=8', '-f', folder]);
  expect(diff.status === 0, `kubectl diff is not empty: ${diff.stdout.slice(0, 800)} ${diff.stderr.slice(0, 300)}`);
  await mustKubectl(['apply', '-f', folder]);
  const [podsAfter, objectsAfter] = await state();
  const changed = objectsAfter.filter((object) => !objects.includes(object));
  const told = changed.map((object) => object.split(' ', 2).join(' ')).join(', ');
  expect(changed.length === 0 && objects.length === objectsAfter.length, `The second apply changed ${told}`);
  const others = changedPods(pods, podsAfter, scaled);
  expect(others.length === 0, `The second apply restarted ${others.join(', ')}`);
}

/** Everything that it must not do is tried, on each Secret by its name too: a rule may be for one of them. */
async function checkAccount(stage: Stage): Promise<number> {
  const account = `system:serviceaccount:${stage.namespace}:bootstrap`;
  const root = secretsPath(stage);
  const names = (await stage.api.list<Secret>(root)).map(({ metadata }) => metadata.name);
  const dry = 'dryRun=All';
  const tried = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'tried' } };
  const made = await stage.api.statusAs(account, 'POST', `${root}?${dry}`, tried);
  expect(made === 201, `The bootstrap account cannot create Secrets: ${made}`);
  const attempts: readonly (readonly [string, string])[] = [
    ['GET', root],
    ['GET', `${root}?watch=1&timeoutSeconds=1`],
    ['DELETE', `${root}?${dry}`],
    ...names.flatMap((name) => [
      ['GET', `${root}/${name}`] as const,
      ...['PUT', 'PATCH', 'DELETE'].map((method) => [method, `${root}/${name}?${dry}`] as const),
    ]),
  ];
  const found = await Promise.all(
    attempts.map(async ([method, path]) => {
      const status = await stage.api.statusAs(account, method, path);
      return status === 403 ? [] : [`${method} ${path}: ${status}`];
    }),
  );
  expect(found.flat().length === 0, `The bootstrap account was not refused: ${found.flat().join(', ')}`);
  return attempts.length;
}

export async function checkSecrets(stage: Stage): Promise<void> {
  const { size } = await randomValuesOf(stage);
  const refused = await checkAccount(stage);
  await checkSecondApply(stage);
  const account = `${size} random values made by bootstrap, whose account cannot read them (refused ${refused} times of ${refused})`;
  stage.say(`  ${account}; kubectl diff is empty; a second apply changes nothing`);
  stage.facts.set('Secrets', account);
  stage.facts.set('Second `kubectl apply -f`', '`kubectl diff` is empty, nothing changes, no pod restarts');
}
