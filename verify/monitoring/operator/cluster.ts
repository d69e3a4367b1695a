/** A cluster with the Prometheus Operator, and with what its charts add: a Prometheus and an Alertmanager of the platform. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import type { Plan } from '../../../lib/model/plan';
import { type Cluster, startCluster } from '../../cluster/cluster';
import { createNamedClasses, createNodes } from '../../cluster/controllers';
import { installCustomResources } from '../../cluster/custom-resources';
import { apply } from '../../cluster/live';
import { scratchFolder } from '../../kit/scratch';
import { goProgram } from '../../kit/tools';
import { at, type KubernetesObject } from '../../manifests/objects';
import { write } from '../../manifests/sets';
import { freePorts } from '../../servers/ports';
import { startServer } from '../../servers/process';

/** Where kube-prometheus-stack is installed, and the label by which its Prometheus takes objects. */
const platform = { namespace: 'monitoring', release: 'kube-prometheus-stack' } as const;

const mine = { matchLabels: { release: platform.release } };

/** As its chart makes them: objects of every namespace that carry the release's label, and every AlertmanagerConfig. */
const servers = [
  {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'Prometheus',
    metadata: { name: 'platform', namespace: platform.namespace },
    spec: Object.fromEntries(
      ['serviceMonitor', 'podMonitor', 'probe', 'rule'].flatMap((kind) => [
        [`${kind}Selector`, mine],
        [`${kind}NamespaceSelector`, {}],
      ]),
    ),
  },
  {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'Alertmanager',
    metadata: { name: 'platform', namespace: platform.namespace },
    spec: { alertmanagerConfigSelector: {}, alertmanagerConfigNamespaceSelector: {} },
  },
] as const satisfies readonly (KubernetesObject & { spec: object })[];

async function startOperator({ kubeconfig, folder }: Cluster): Promise<void> {
  const [port = 0] = await freePorts(1);
  await startServer({
    name: 'Prometheus Operator',
    program: 'env',
    args: [`KUBECONFIG=${kubeconfig}`, goProgram('prometheus-operator').path, `--web.listen-address=127.0.0.1:${port}`],
    log: join(folder, 'operator.log'),
    isReady: async () => (await fetch(`http://127.0.0.1:${port}/healthz`)).ok,
  });
}

/** The Secrets of the receivers: without them the operator takes no AlertmanagerConfig. */
async function giveSecrets({ client }: Cluster, { namespace, monitors }: Plan): Promise<void> {
  for (const { secret } of monitors?.receivers ?? []) {
    if (secret === undefined) continue;
    const value = secret.key === 'url' ? 'https://hooks.example.com/x' : 'a-secret';
    await client.must('POST', `/api/v1/namespaces/${namespace}/secrets`, {
      body: { apiVersion: 'v1', kind: 'Secret', metadata: { name: secret.name }, stringData: { [secret.key]: value } },
    });
  }
}

/** The system applied, with the operator watching. */
export async function operatedCluster(plan: Plan): Promise<Cluster> {
  const folder = scratchFolder('operator');
  const { set, problems } = write({ system: plan.system.id, environment: 'production', tier: 'high' }, plan, folder);
  if (set === undefined) throw new Error(problems.join('\n'));
  const cluster = await startCluster('1.36', 'kwok');
  await installCustomResources(cluster, [...set.objects, ...servers], true);
  await createNodes(cluster.client, 3);
  await createNamedClasses(cluster.client, [set]);
  await cluster.kubectl(['create', 'namespace', platform.namespace]);
  const refused = await apply(cluster, folder);
  if (refused.length > 0) throw new Error(refused.join('\n'));
  await giveSecrets(cluster, plan);
  for (const body of servers) {
    const collection = await cluster.client.collection(body);
    await cluster.client.must('POST', collection ?? '', { body });
  }
  await startOperator(cluster);
  return cluster;
}

/** What the operator wrote for its servers; it writes more than once while it finds things. */
export async function generated({ client }: Cluster): Promise<{
  prometheus: string;
  alertmanager: string;
  rules: Readonly<Record<string, string>>;
}> {
  const secret = async (name: string, file: string): Promise<string> => {
    const { status, body } = await client.request('GET', `/api/v1/namespaces/${platform.namespace}/secrets/${name}`);
    const data = at(body, 'data', file);
    return status === 200 && typeof data === 'string' ? gunzipSync(Buffer.from(data, 'base64')).toString() : '';
  };
  const maps = await client.list(`/api/v1/namespaces/${platform.namespace}/configmaps`);
  const rules = maps
    .filter(({ metadata }) => metadata.name.startsWith('prometheus-platform-rulefiles-'))
    .map((map) => at(map, 'data') as Record<string, string>);
  return {
    prometheus: await secret('prometheus-platform', 'prometheus.yaml.gz'),
    alertmanager: await secret('alertmanager-platform-generated', 'alertmanager.yaml.gz'),
    rules: Object.assign({}, ...rules) as Record<string, string>,
  };
}

/** Asks again until there is something, and it changes no more. */
export async function settled<T>(ask: () => Promise<T | undefined>, seconds: number): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  let [before, same] = ['', 0];
  for (;;) {
    const found = await ask();
    const text = JSON.stringify(found);
    same = found !== undefined && text === before ? same + 1 : 0;
    if (found !== undefined && same >= 3) return found;
    if (Date.now() > deadline) throw new Error(`Nothing, or still changing, after ${seconds} s`);
    before = text;
    await sleep(1000);
  }
}
