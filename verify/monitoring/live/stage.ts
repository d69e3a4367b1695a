/** The cluster in which a run happens: an API server with controllers, one node, names, and all pods of the system. */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Plan } from '../../../lib/model/plan';
import { type Cluster, startCluster } from '../../cluster/cluster';
import { createNamedClasses } from '../../cluster/controllers';
import { apply } from '../../cluster/live';
import { must } from '../../kit/command';
import { at } from '../../manifests/objects';
import { write } from '../../manifests/sets';
import { startNameServer } from '../../nginx/dns';
import { listens, WORK } from './container';
import { type Certificates, makeCertificates } from './edge';
import { startKubelet } from './kubelet';
import { longTerm } from './long-term';
import { addresses, buildNetwork, forward } from './network';
import { type Pod, type PodContainer, RunningPod, type Site } from './pods';
import { layOutPrograms } from './programs';
import { credential } from './receivers';

/** Names of the outside, and who stands in for them. */
const outsiders = ['hooks.example.com', 'events.pagerduty.com', 'smtp.example.com', longTerm.host];

export interface Stage {
  readonly cluster: Cluster;
  readonly certificates: Certificates;
  readonly pods: ReadonlyMap<string, RunningPod>;
  /** The one pod of a workload, or its first. */
  readonly pod: (workload: string) => RunningPod;
}

async function createNode({ client }: Cluster): Promise<number> {
  const capacity = { cpu: '512', memory: '2Ti', 'ephemeral-storage': '4Ti', pods: '2000' };
  const labels = { 'kubernetes.io/hostname': 'node', 'topology.kubernetes.io/zone': 'zone-a' };
  const nodeAddresses = [
    { type: 'InternalIP', address: addresses.node },
    { type: 'Hostname', address: 'node' },
  ];
  await client.must('POST', '/api/v1/nodes', {
    body: {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'node', labels, annotations: { 'kwok.x-k8s.io/node': 'fake' } },
      spec: { podCIDR: addresses.pods, podCIDRs: [addresses.pods] },
      status: { capacity, allocatable: capacity, addresses: nodeAddresses },
    },
  });
  for (;;) {
    const { body } = await client.must('GET', '/api/v1/nodes/node');
    const port = at(body, 'status', 'daemonEndpoints', 'kubeletEndpoint', 'Port');
    if (typeof port === 'number' && port > 0) return port;
    await sleep(200);
  }
}

async function podsOf({ client }: Cluster, namespace: string): Promise<Pod[]> {
  return (await client.list(`/api/v1/namespaces/${namespace}/pods`)) as unknown as Pod[];
}

/** All pods have an address, and so have those of Jobs, which kwok says have ended. */
async function untilScheduled(cluster: Cluster, plan: Plan): Promise<Pod[]> {
  const wanted = plan.workloads.filter(({ controller }) => controller === 'Deployment' || controller === 'StatefulSet');
  const deadline = Date.now() + 60_000;
  for (;;) {
    const pods = await podsOf(cluster, plan.namespace);
    const placed = pods.filter(({ status }) => status.podIP !== undefined);
    const names = new Set(placed.map(({ metadata }) => metadata.labels['app.kubernetes.io/name']));
    const missing = wanted.filter(({ name }) => !names.has(name)).map(({ name }) => name);
    if (missing.length === 0 && placed.length === pods.length && pods.length >= plan.workloads.length / 2)
      return placed;
    if (Date.now() > deadline) throw new Error(`No pods of ${missing.join(', ')}`);
    await sleep(300);
  }
}

/** A name for each Service and each pod of a StatefulSet, as the cluster's own name server has them. */
async function fillNames(
  { client }: Cluster,
  namespace: string,
  pods: readonly Pod[],
  records: Map<string, string>,
): Promise<void> {
  const domain = `${namespace}.svc.cluster.local`;
  for (const service of await client.list(`/api/v1/namespaces/${namespace}/services`)) {
    const selector = Object.entries((at(service, 'spec', 'selector') ?? {}) as Record<string, string>);
    const found = pods.filter(({ metadata }) => selector.every(([key, value]) => metadata.labels[key] === value));
    const first = found[0]?.status.podIP;
    if (first !== undefined) records.set(`${service.metadata.name}.${domain}`, first);
    for (const { metadata, status } of found)
      records.set(`${metadata.name}.${service.metadata.name}.${domain}`, status.podIP ?? '');
  }
}

function environmentOf(plan: Plan, certificates: Certificates): Omit<Site, 'client'> {
  const domain = `${plan.namespace}.svc.cluster.local`;
  return {
    files: {
      '/etc/resolv.conf': `search ${domain} svc.cluster.local cluster.local\nnameserver ${addresses.names}\noptions ndots:5\n`,
      '/etc/ssl/certs/ca-certificates.crt': certificates.authorities,
      // initdb wants a name for its user; the official image pretends one, too.
      '/etc/passwd': `${readFileSync('/etc/passwd', 'utf8')}keelson:x:10001:10001::/nonexistent:/bin/sh\n`,
    },
    application: (pod: Pod, _container: PodContainer) => {
      const service = plan.services.find(({ name }) => name === pod.metadata.labels['app.kubernetes.io/name']);
      const stores = new Set(plan.stores.flatMap(({ kind, name }) => (kind === 'postgres' ? [name] : [])));
      const arrow = plan.arrows.find(({ from, to }) => from === service?.name && stores.has(to.name));
      return {
        PORTS: (service?.ports ?? []).map(({ containerPort }) => containerPort).join(','),
        METRICS_PATH: service?.metrics?.path ?? '',
        EXPORTS: service?.metrics?.exports ?? '',
        DATABASE: arrow === undefined ? '' : `${arrow.to.name}:${arrow.port}`,
      };
    },
  };
}

/** The Secrets that only the outside knows, as a person would make them. */
async function giveSecrets({ client }: Cluster, { namespace, monitors }: Plan): Promise<void> {
  const give = (name: string, key: string, value: string): Promise<unknown> =>
    client.must('POST', `/api/v1/namespaces/${namespace}/secrets`, {
      body: { apiVersion: 'v1', kind: 'Secret', metadata: { name }, stringData: { [key]: value } },
    });
  for (const { name, secret } of monitors?.receivers ?? []) {
    if (secret === undefined) continue;
    await give(secret.name, secret.key, secret.key === 'url' ? `http://hooks.example.com/${name}` : credential);
  }
  if (monitors?.remoteWrite?.secret) await give(monitors.remoteWrite.secret, 'token', credential);
}

/** A Job's containers, run for real to their end. */
async function runJob(site: Site, pods: readonly Pod[], beginning: string, withInit: boolean): Promise<void> {
  const pod = pods.find(({ metadata }) => metadata.name.startsWith(`${beginning}-`));
  if (pod === undefined) throw new Error(`No pod of Job ${beginning}`);
  const running = await RunningPod.place(site, pod);
  const containers = [...(withInit ? (pod.spec.initContainers ?? []) : []), ...pod.spec.containers];
  for (const one of containers) {
    const { status, stdout, stderr } = await running.toEnd(one);
    if (status !== 0) throw new Error(`${pod.metadata.name}/${one.name} ended with ${status}: ${stdout}${stderr}`);
  }
}

async function deploy(cluster: Cluster, plan: Plan, certificates: Certificates): Promise<{ site: Site; pods: Pod[] }> {
  const port = await createNode(cluster);
  const folder = join(WORK, 'dist');
  const { set, problems } = write({ system: plan.system.id, environment: 'production', tier: 'high' }, plan, folder);
  if (set === undefined) throw new Error(problems.join('\n'));
  await createNamedClasses(cluster.client, [set]);
  const refused = await apply(cluster, folder);
  if (refused.length > 0) throw new Error(refused.join('\n'));
  await giveSecrets(cluster, plan);
  const pods = await untilScheduled(cluster, plan);
  await startKubelet(cluster, addresses.node, port, () => pods);
  return { pods, site: { client: cluster.client, ...environmentOf(plan, certificates) } };
}

/** What cannot be run here: Grafana is not to be had. */
const notRun = new Set(['grafana']);

async function startAll(site: Site, plan: Plan, pods: readonly Pod[]): Promise<Pick<Stage, 'pods' | 'pod'>> {
  const own = new Set(
    plan.workloads
      .filter(({ controller, name }) => ['Deployment', 'StatefulSet'].includes(controller) && !notRun.has(name))
      .map(({ name }) => name),
  );
  const name = (pod: Pod): string => pod.metadata.labels['app.kubernetes.io/name'] ?? '';
  const chosen = pods.filter((pod) => own.has(name(pod)));
  const running = new Map<string, RunningPod>();
  for (const pod of chosen) running.set(pod.metadata.name, await RunningPod.place(site, pod));
  const watching = ({ pod }: RunningPod): boolean =>
    pod.metadata.labels['app.kubernetes.io/component'] === 'monitoring';
  const all = [...running.values()];
  // A replica streams with a role that a Job makes; it waits for it, as in a cluster.
  const watched = all.filter((one) => !watching(one)).map((one) => one.run(listens));
  await Promise.all([...watched, runRoles(site, plan, pods, running)]);
  // A start that takes its time is no outage here: who watches comes last.
  await Promise.all(all.filter(watching).map((one) => one.run(listens)));
  const pod = (workload: string): RunningPod => {
    const found = [...running.values()].find((one) => name(one.pod) === workload);
    if (found === undefined) throw new Error(`No pod of ${workload}`);
    return found;
  };
  return { pods: running, pod };
}

async function runRoles(site: Site, plan: Plan, pods: readonly Pod[], running: Map<string, RunningPod>): Promise<void> {
  for (const store of plan.stores) {
    if (store.kind !== 'postgres') continue;
    const primary = running.get(`${store.name}-${store.primary}`);
    if (primary === undefined) throw new Error(`No primary of ${store.name}`);
    while (!(await listens(primary.address, store.port))) await sleep(300);
    await runJob(site, pods, `${store.name}-roles`, false);
  }
}

/** Everything up, as far as its own start goes; whether it can be seen is for the checks. */
export async function setStage(plan: Plan): Promise<Stage> {
  await must('mount', ['-t', 'tmpfs', 'tmpfs', WORK]);
  for (const name of ['logs', 'certificates']) mkdirSync(join(WORK, name));
  await buildNetwork();
  const cluster = await startCluster('1.36', 'kwok');
  const { hostname, port } = new URL(cluster.server);
  await forward(addresses.apiServer, 443, { host: hostname, port: Number(port) });
  const names = await startNameServer(addresses.names, 53);
  for (const name of outsiders) names.records.set(name, addresses.outside);
  for (const host of plan.edge.hosts) names.records.set(host, addresses.edge);
  const certificates = await makeCertificates(join(WORK, 'certificates'), [...plan.edge.hosts, ...outsiders]);
  await layOutPrograms(join(WORK, 'programs'), join(__dirname, 'application.mjs'));
  const { pods, site } = await deploy(cluster, plan, certificates);
  await fillNames(cluster, plan.namespace, pods, names.records);
  await runJob(site, pods, 'bootstrap', true);
  return { cluster, certificates, ...(await startAll(site, plan, pods)) };
}
