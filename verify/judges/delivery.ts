import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isRecord } from '../../lib/model/merge';
import { type Cluster, startCluster } from '../cluster/cluster';
import { createNamedClasses, createNodes } from '../cluster/controllers';
import { type Checkout, checkOut, commit, git, release } from '../delivery/checkout';
import { type JobOutcome, runJob } from '../delivery/runner';
import { type Pods, type StandIns, standIns, startPods } from '../delivery/stand-ins';
import { faultsOf, readWorkflow, WORKFLOWS } from '../delivery/workflow';
import { must, run } from '../kit/command';
import { goProgram } from '../kit/tools';
import { at, readObjects } from '../manifests/objects';
import { podTemplate } from '../manifests/pods';
import { workspace } from '../manifests/sets';
import type { Verdict } from '../report';
import type { Bench, Judge } from './judge';

const SYSTEM = 'django-react';
const NODES = 3;

/** The workflow files of docs/ci/, their scripts run as GitHub's runner would, against a live cluster. */
export const delivery: Judge = {
  name: 'The delivery workflow',
  programs: () => [
    'bash',
    'shellcheck',
    'jq',
    `kubectl ${goProgram('kubectl').version}`,
    'stand-ins for trivy and npx',
  ],
  run: async ({ sets }: Bench) => {
    const pods = await startPods();
    const cluster = await startCluster('1.36', 'kwok', { podsPort: pods.port });
    try {
      await createNodes(cluster.client, NODES);
      await createNamedClasses(cluster.client, sets);
      const delivered = new Delivery(cluster, pods, await checkOut());
      return [
        { subject: 'the workflow files', checked: WORKFLOWS.length, problems: await staticFaults() },
        await delivered.check(),
        await delivered.refusals(),
        await delivered.firstRelease(),
        await delivered.nextRelease(),
        await delivered.failedRelease(),
      ];
    } finally {
      await cluster.stop();
      await pods.stop();
    }
  },
};

async function staticFaults(): Promise<string[]> {
  const faults: string[] = [];
  for (const workflow of WORKFLOWS.map(readWorkflow)) {
    faults.push(...faultsOf(workflow));
    for (const step of workflow.jobs.flatMap(({ steps }) => steps)) {
      const args = ['--shell=bash', '--format=gcc', '-'];
      const { status, stdout } = await run('shellcheck', args, { input: `set -eo pipefail\n${step.run}` });
      if (status !== 0) faults.push(`${workflow.file}, ${step.name}: ${stdout.trim()}`);
    }
  }
  return faults;
}

class Delivery {
  readonly #cluster: Cluster;
  readonly #pods: Pods;
  readonly #checkout: Checkout;
  readonly #programs: StandIns = standIns();

  constructor(cluster: Cluster, pods: Pods, checkout: Checkout) {
    this.#cluster = cluster;
    this.#pods = pods;
    this.#checkout = checkout;
  }

  /** The job that needs no cluster, on a sound release: each image that a pod may pull is scanned. */
  async check(): Promise<Verdict> {
    const problems = failures(await this.#job('deploy.yml', 'check'), 'check');
    const scanned = this.#programs.scans().map((words) => words.at(-1) ?? '');
    const used = imagesOf(join(this.#checkout.folder, 'dist'));
    for (const image of used) if (!scanned.includes(image)) problems.push(`check: ${image} is not scanned`);
    for (const image of scanned) if (!used.has(image)) problems.push(`check: ${image} is scanned, and no pod has it`);
    return { subject: 'check, of a sound release', checked: used.size, problems };
  }

  /** What the same job must not let through. */
  async refusals(): Promise<Verdict> {
    const { folder } = this.#checkout;
    const problems: string[] = [];
    const refused = async (step: string, why: string): Promise<void> => {
      const { failure } = await this.#job('deploy.yml', 'check');
      if (!failure?.startsWith(`${step} ended with `)) problems.push(`${why}: let through; ${failure ?? 'no failure'}`);
      await git(folder, ['reset', '--quiet', '--hard']);
      await git(folder, ['clean', '--quiet', '--force', '-d']);
    };
    await must('sh', ['-c', 'echo "# by hand" >> dist/50-edge.k8s.yaml'], { cwd: folder });
    await commit(folder, 'an edit by hand');
    await refused('The committed dist/ is what the files say', 'an edit by hand in dist/');
    await git(folder, ['reset', '--quiet', '--hard', 'HEAD~1']);
    const [image = ''] = imagesOf(join(folder, 'dist'));
    this.#programs.taint(image);
    await refused('Scan the images', `a finding in ${image}`);
    if (this.#programs.scans().length < imagesOf(join(folder, 'dist')).size)
      problems.push('a finding in one image keeps the others from being scanned');
    this.#programs.taint('');
    const data = join(folder, 'dist', '30-data.k8s.yaml');
    await git(folder, ['checkout', '--quiet', '-b', 'other', this.#checkout.base]);
    await must('sed', ['--in-place', 's/serviceName: db-pods/serviceName: db-members/', data]);
    const base = await commit(folder, 'a release with another Service');
    await git(folder, ['checkout', '--quiet', 'main']);
    const { failure } = await this.#job('deploy.yml', 'check', base);
    if (!failure?.startsWith('A running cluster takes the change')) problems.push(`an immutable field: ${failure}`);
    await git(folder, ['clean', '--quiet', '--force', '-d']);
    return { subject: 'check, of releases that must not go out', checked: 3, problems };
  }

  /** Both environments, on a cluster that has none of them. */
  async firstRelease(): Promise<Verdict> {
    const problems: string[] = [];
    for (const environment of ['staging', 'production']) problems.push(...(await this.#rollOut(environment)));
    return { subject: 'a first release, to staging and to production', checked: 2, problems };
  }

  /** A new image: the change is in the diff, arrives, and every health path of the system is asked. */
  async nextRelease(): Promise<Verdict> {
    this.#pods.asked();
    await release(this.#checkout.folder, '9.1.0');
    const problems = await this.#rollOut('production');
    problems.push(...(await this.#runs('9.1.0')));
    const asked = new Set([...this.#pods.asked()].map((line) => line.slice(line.indexOf(' ') + 1)));
    const paths = healthPaths();
    for (const path of paths) if (!asked.has(path)) problems.push(`the health path ${path} is not asked`);
    return { subject: 'a new image, to production', checked: paths.length, problems };
  }

  /** Pods that are Ready and do not answer: the workflow says so, and the pods of before come back. */
  async failedRelease(): Promise<Verdict> {
    const [path = ''] = healthPaths().filter((found) => found !== '/');
    this.#pods.fail(path);
    await release(this.#checkout.folder, '9.2.0');
    const problems = failures(await this.#rollout('production', 'plan'), 'plan');
    const { ran, failure } = await this.#rollout('production', 'apply');
    this.#pods.fail(undefined);
    if (!failure?.startsWith('Every health path answers')) problems.push(`${path} is unwell, and: ${failure}`);
    if (ran.at(-1) !== 'Undo') problems.push('a failed release is not undone');
    problems.push(...(await this.#runs('9.1.0')));
    return { subject: 'a release that fails, undone', checked: 1, problems };
  }

  /** Which release the backend's Deployment has. */
  async #runs(tag: string): Promise<string[]> {
    const path = `/apis/apps/v1/namespaces/${SYSTEM}-production/deployments/backend`;
    const { body } = await this.#cluster.client.must('GET', path);
    const image = String(at(body, 'spec', 'template', 'spec', 'containers', 0, 'image'));
    return image.includes(`:${tag}`) ? [] : [`the backend runs ${image}, wanted ${tag}`];
  }

  async #rollOut(environment: string): Promise<string[]> {
    const problems: string[] = [];
    for (const job of ['plan', 'apply'])
      problems.push(...failures(await this.#rollout(environment, job), `${environment}, ${job}`));
    return problems;
  }

  #rollout(environment: string, job: string): Promise<JobOutcome> {
    return this.#run('rollout.yml', job, {
      'inputs.system': SYSTEM,
      'inputs.environment': environment,
      'secrets.KUBECONFIG': readFileSync(this.#cluster.kubeconfig, 'utf8'),
    });
  }

  #job(file: 'deploy.yml', job: string, base = this.#checkout.base): Promise<JobOutcome> {
    return this.#run(file, job, { 'github.event.pull_request.base.sha || github.event.before': base });
  }

  #run(file: 'deploy.yml' | 'rollout.yml', name: string, known: Readonly<Record<string, string>>): Promise<JobOutcome> {
    const workflow = readWorkflow(file);
    const job = workflow.jobs.find((candidate) => candidate.name === name);
    if (job === undefined) throw new Error(`docs/ci/${file} has no job ${name}`);
    return runJob(workflow, job, { folder: this.#checkout.folder, programs: this.#programs.folder, known });
  }
}

function failures({ ran, failure }: JobOutcome, job: string): string[] {
  if (failure !== undefined) return [`${job}: ${failure}`];
  return ran.length > 0 ? [] : [`${job}: no step ran`];
}

/** Every image that a pod of these manifests pulls. */
function imagesOf(folder: string): Set<string> {
  const specs = readObjects(folder).map((object) => podTemplate(object)?.spec);
  const containers = specs.flatMap((spec) => ['initContainers', 'containers'].flatMap((list) => at(spec, list) ?? []));
  return new Set(containers.map((container) => String(at(container, 'image'))));
}

/** As the system's file has them, of what production runs. */
function healthPaths(): string[] {
  const system = workspace.system(SYSTEM);
  const services = isRecord(system) && isRecord(system['services']) ? Object.values(system['services']) : [];
  const running = services.filter((service) => at(service, 'profile') === undefined);
  return running.flatMap((service) => {
    const path = at(service, 'health', 'path');
    return typeof path === 'string' ? [path] : [];
  });
}
