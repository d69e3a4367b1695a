import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readFiles } from '../../cli/output-folder';
import { compareFiles } from '../../lib/changes';
import { type Cluster, startCluster } from '../cluster/cluster';
import { createNamedClasses, createNodes } from '../cluster/controllers';
import { apply, runInDist } from '../cluster/live';
import { scratchFolder } from '../kit/scratch';
import { goProgram } from '../kit/tools';
import { at, type KubernetesObject } from '../manifests/objects';
import { commandsBelow } from '../manifests/page';
import { type ManifestSet, title } from '../manifests/sets';
import type { Verdict } from '../report';
import { unfinished, waitFor } from './converged';
import type { Bench, Judge } from './judge';
import { CLASS, LABEL, PROCEDURES, type Procedure } from './procedures-table';
import { lostFields } from './returned';
import { namespaceOf } from './transition';

const NODES = 3;
const CONVERGE_SECONDS = 120;

/** Every change that Kubernetes refuses, made by the very commands that docs/procedures.md shows. */
export const procedures: Judge = {
  name: 'Procedures for what cannot change',
  programs: () =>
    ['kube-apiserver', 'kube-controller-manager', 'kwok', 'kubectl'].map(
      (name) => `${name} ${goProgram(name).version}`,
    ),
  run: async ({ sets }: Bench) => {
    const base = sets.find(
      ({ system, environment, tier }) => system === 'django-react' && environment === 'staging' && tier === 'low',
    );
    if (base === undefined) throw new Error('There are no manifests of django-react staging low');
    const cluster = await startCluster('1.36', 'kwok');
    try {
      await createNodes(cluster.client, NODES);
      await createNamedClasses(cluster.client, [base, { objects: [claimOf(CLASS)] }]);
      return await performAll(cluster, base);
    } finally {
      await cluster.stop();
    }
  },
};

async function performAll(cluster: Cluster, base: ManifestSet): Promise<Verdict[]> {
  const start = [...(await apply(cluster, base.folder)), ...(await converged(cluster, base))];
  const verdicts: Verdict[] = [{ subject: `${title(base)} runs`, checked: base.objects.length, problems: start }];
  let current: readonly KubernetesObject[] = base.objects;
  let folder = base.folder;
  for (const procedure of PROCEDURES) {
    if (procedure.before) {
      current = changed(current, procedure, procedure.before);
      folder = written(current);
      await apply(cluster, folder);
      await converged(cluster, base);
    }
    const next = changed(current, procedure, procedure.change);
    const after = written(next);
    const problems = await perform(cluster, base, { procedure, before: folder, after, objects: next });
    verdicts.push({ subject: `docs/procedures.md#${procedure.anchor}`, checked: 1, problems });
    [current, folder] = [next, after];
  }
  return verdicts;
}

interface Case {
  procedure: Procedure;
  before: string;
  after: string;
  objects: readonly KubernetesObject[];
}

async function perform(
  cluster: Cluster,
  base: ManifestSet,
  { procedure, before, after, objects }: Case,
): Promise<string[]> {
  const problems: string[] = [];
  const said = compareFiles(readFiles(before), readFiles(after));
  if (!said.some(({ wanted }) => wanted.includes(`#${procedure.anchor} `)))
    problems.push(`keelson does not name the page for it: ${said.map(({ rule }) => rule).join(', ') || 'no problem'}`);
  if (procedure.isForbidden) {
    const taken = await runInDist(cluster, after, 'kubectl apply --dry-run=server -f dist/');
    if (taken.length === 0) problems.push('the server takes the change as it is: no procedure is needed');
  }
  const names = namesOf(base, objects);
  const { survivor } = procedure;
  const was = survivor && (await uidOf(cluster, base, survivor));
  const lines = ['set -e', ...commandsBelow('procedures.md', procedure.commands ?? procedure.anchor)].join('\n');
  const script = Object.entries(names).reduce((text, [word, name]) => text.replaceAll(word, name), lines);
  problems.push(...(await runInDist(cluster, after, script)));
  problems.push(...(await converged(cluster, base)));
  problems.push(...(await unmade(cluster, procedure, objects)));
  if (survivor && was !== (await uidOf(cluster, base, survivor))) problems.push(`${survivor} did not live through it`);
  problems.push(...((await procedure.proof?.(cluster, namespaceOf(base))) ?? []));
  return problems;
}

/** Fields of the changed object that the cluster does not have. */
async function unmade(
  { client }: Cluster,
  procedure: Procedure,
  objects: readonly KubernetesObject[],
): Promise<string[]> {
  const wanted = find(objects, procedure);
  const { body } = await client.must('GET', `${await client.collection(wanted)}/${wanted.metadata.name}`);
  return lostFields(wanted, body).map((field) => `the change is not made: ${field}`);
}

function find(objects: readonly KubernetesObject[], { kind, name }: Procedure): KubernetesObject {
  const found = objects.find((object) => object.kind === kind && (name === undefined || object.metadata.name === name));
  if (found === undefined) throw new Error(`There is no ${kind} ${name ?? ''} to change`);
  return found;
}

/** What stands for a name on the page. */
function namesOf(base: ManifestSet, objects: readonly KubernetesObject[]): Record<string, string> {
  const first = (kind: string) => objects.find((object) => object.kind === kind)?.metadata.name ?? '';
  return { NS: namespaceOf(base), LABEL, JOB: first('Job'), BINDING: first('RoleBinding') };
}

function converged(cluster: Cluster, base: ManifestSet): Promise<string[]> {
  return waitFor(() => unfinished(cluster.client, namespaceOf(base)), CONVERGE_SECONDS);
}

async function uidOf({ client }: Cluster, base: ManifestSet, pod: string): Promise<unknown> {
  const { body } = await client.must('GET', `/api/v1/namespaces/${namespaceOf(base)}/pods/${pod}`);
  return at(body, 'metadata', 'uid');
}

function changed(
  objects: readonly KubernetesObject[],
  procedure: Procedure,
  change: (object: KubernetesObject) => void,
): KubernetesObject[] {
  const copies = structuredClone([...objects]);
  change(find(copies, procedure));
  return copies;
}

/** As a folder of manifests; the data in a file of their own, as `dist/` has them. JSON is YAML. */
function written(objects: readonly KubernetesObject[]): string {
  const folder = join(scratchFolder('procedure'), 'dist');
  mkdirSync(folder);
  const isData = ({ metadata }: KubernetesObject) => metadata.labels?.['app.kubernetes.io/component'] === 'database';
  const text = (some: readonly KubernetesObject[]) =>
    some.map((object) => JSON.stringify(object, null, 2)).join('\n---\n');
  writeFileSync(join(folder, '00-others.k8s.yaml'), text(objects.filter((object) => !isData(object))));
  writeFileSync(join(folder, '30-data.k8s.yaml'), text(objects.filter(isData)));
  return folder;
}

function claimOf(storageClassName: string): KubernetesObject {
  return { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'any' }, spec: { storageClassName } };
}
