import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readFiles } from '../../cli/output-folder';
import { compareFiles, isCustom } from '../../lib/changes';
import { type Cluster, startCluster } from '../cluster/cluster';
import { createNamedClasses, createNodes } from '../cluster/controllers';
import { apply, runInDist } from '../cluster/live';
import { inParallel } from '../cluster/parallel';
import { scratchFolder } from '../kit/scratch';
import { goProgram } from '../kit/tools';
import { at, type KubernetesObject } from '../manifests/objects';
import { commandsBelow } from '../manifests/page';
import { isOfPods, replaced } from '../manifests/procedure';
import { type ManifestSet, title } from '../manifests/sets';
import type { Verdict } from '../report';
import { unfinished, waitFor } from './converged';
import type { Bench, Judge } from './judge';
import { BASE, CLASS, LABEL, PROCEDURES, type Procedure, RENAMED } from './procedures-table';
import { lostFields } from './returned';
import { namespaceOf } from './transition';

const NODES = 3;
const CONVERGE_SECONDS = 120;
const SYSTEMS_AT_ONCE = 3;

/**
 * Every change that Kubernetes or keelson refuses, made by the very commands that docs/procedures.md shows. What is
 * executed in a pod is left out, for nothing runs in these: `verify/postgres` and its neighbours follow those lines.
 */
export const procedures: Judge = {
  name: 'Procedures for what cannot change',
  programs: () =>
    ['kube-apiserver', 'kube-controller-manager', 'kwok', 'kubectl'].map(
      (name) => `${name} ${goProgram(name).version}`,
    ),
  run: async ({ sets, variants }: Bench) => {
    const made = [...sets, ...(await variants()).flatMap(({ set }) => set ?? [])];
    const cluster = await startCluster('1.36', 'kwok');
    try {
      await createNodes(cluster.client, NODES);
      await createNamedClasses(cluster.client, [...made, { objects: [claimOf(CLASS)] }]);
      const names = new Set(PROCEDURES.map(systemOf));
      const systems = [...names].map((name) => new Running(cluster, name, made));
      const verdicts = await inParallel(systems, SYSTEMS_AT_ONCE, (system) => system.performAll());
      return verdicts.flat();
    } finally {
      await cluster.stop();
    }
  },
};

function baseOf({ base = BASE }: Procedure): string {
  return base;
}

/** The first word of a title. */
function systemOf(procedure: Procedure): string {
  return baseOf(procedure).split(' ')[0] ?? '';
}

/** One system that runs, and changes from procedure to procedure. */
class Running {
  readonly #cluster: Cluster;
  readonly #system: string;
  readonly #sets: readonly ManifestSet[];
  #base: string | undefined;
  #objects: readonly KubernetesObject[] = [];
  #folder = '';

  constructor(cluster: Cluster, system: string, sets: readonly ManifestSet[]) {
    this.#cluster = cluster;
    this.#system = system;
    this.#sets = sets;
  }

  async performAll(): Promise<Verdict[]> {
    const verdicts: Verdict[] = [];
    for (const procedure of PROCEDURES.filter((one) => systemOf(one) === this.#system)) {
      if (this.#base !== baseOf(procedure)) {
        this.#base = baseOf(procedure);
        const problems = await this.#become(this.#objectsOf(this.#base));
        verdicts.push({ subject: `${this.#base} runs`, checked: this.#objects.length, problems });
      }
      verdicts.push({
        subject: `docs/procedures.md#${procedure.anchor}`,
        checked: 1,
        problems: await this.#perform(procedure),
      });
    }
    return verdicts;
  }

  async #perform(procedure: Procedure): Promise<string[]> {
    const { before, change } = procedure;
    const problems = before ? await this.#become(changed(this.#objects, procedure, before)) : [];
    const objects = typeof change === 'string' ? this.#objectsOf(change) : changed(this.#objects, procedure, change);
    const after = written(objects);
    problems.push(...(await perform(this.#cluster, { procedure, before: this.#folder, after, objects })));
    [this.#objects, this.#folder] = [objects, after];
    return problems;
  }

  async #become(objects: readonly KubernetesObject[]): Promise<string[]> {
    this.#objects = objects;
    this.#folder = written(objects);
    return [
      ...(await apply(this.#cluster, this.#folder)),
      ...(await converged(this.#cluster, namespaceOf({ objects }))),
    ];
  }

  /** Without add-ons: no procedure is about them, and their definitions are not there. */
  #objectsOf(wanted: string): KubernetesObject[] {
    const found = this.#sets.find((set) => title(set) === wanted);
    if (found === undefined) throw new Error(`There are no manifests of ${wanted}`);
    return found.objects.filter(({ apiVersion }) => !isCustom(apiVersion));
  }
}

interface Case {
  procedure: Procedure;
  before: string;
  after: string;
  objects: readonly KubernetesObject[];
}

async function perform(cluster: Cluster, { procedure, before, after, objects }: Case): Promise<string[]> {
  const namespace = namespaceOf({ objects });
  const problems: string[] = [];
  const said = compareFiles(readFiles(before), readFiles(after));
  if (!said.some(({ wanted }) => wanted.includes(`#${procedure.anchor} `)))
    problems.push(`keelson does not name the page for it: ${said.map(({ rule }) => rule).join(', ') || 'no problem'}`);
  if (procedure.isForbidden) {
    const taken = await runInDist(cluster, after, 'kubectl apply --dry-run=server -f dist/');
    if (taken.length === 0) problems.push('the server takes the change as it is: no procedure is needed');
  }
  const names = { ...namesOf(objects), ...procedure.names };
  const { survivor } = procedure;
  const was = survivor && (await uidOf(cluster, namespace, survivor));
  const commands = commandsBelow('procedures.md', procedure.commands ?? procedure.anchor);
  const lines = ['set -e', ...commands.filter((line) => !isOfPods(line))].join('\n');
  problems.push(...(await runInDist(cluster, after, replaced(lines, names))));
  problems.push(...(await converged(cluster, namespace)));
  problems.push(...(await unmade(cluster, procedure, objects)), ...(await idle(cluster, namespace)));
  if (survivor && was !== (await uidOf(cluster, namespace, survivor)))
    problems.push(`${survivor} did not live through it`);
  problems.push(...((await procedure.proof?.(cluster, namespace)) ?? []));
  return problems;
}

/** Services that a procedure scaled down and did not bring back: an autoscaler does not scale up from zero. */
async function idle({ client }: Cluster, namespace: string): Promise<string[]> {
  const deployments = await client.list(`/apis/apps/v1/namespaces/${namespace}/deployments`);
  const stopped = deployments.filter(
    (deployment) => at(deployment, 'spec', 'replicas') === 0 && deployment.metadata.name !== RENAMED,
  );
  return stopped.map(({ metadata }) => `${metadata.name} is left without pods`);
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
function namesOf(objects: readonly KubernetesObject[]): Record<string, string> {
  const first = (kind: string) => objects.find((object) => object.kind === kind)?.metadata.name ?? '';
  return { NS: namespaceOf({ objects }), LABEL, JOB: first('Job'), BINDING: first('RoleBinding') };
}

function converged(cluster: Cluster, namespace: string): Promise<string[]> {
  return waitFor(() => unfinished(cluster.client, namespace), CONVERGE_SECONDS);
}

async function uidOf({ client }: Cluster, namespace: string, pod: string): Promise<unknown> {
  const { body } = await client.must('GET', `/api/v1/namespaces/${namespace}/pods/${pod}`);
  return at(body, 'metadata', 'uid');
}

function changed(
  objects: readonly KubernetesObject[],
  procedure: Procedure,
  change: (object: KubernetesObject, all: KubernetesObject[]) => void,
): KubernetesObject[] {
  const copies = structuredClone([...objects]);
  change(find(copies, procedure), copies);
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
