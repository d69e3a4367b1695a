/** What the operator's Prometheus finds, by a real one with the configuration that the operator wrote. */
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { contributionsOf } from '../../../charts/contributions';
import type { Plan } from '../../../lib/model/plan';
import { moduleOf } from '../../../lib/monitoring/prometheus-configuration';
import type { Cluster } from '../../cluster/cluster';
import type { KubernetesObject } from '../../manifests/objects';
import { freePorts } from '../../servers/ports';
import { PrometheusServer, type Target, until } from '../live/servers';

interface Configuration {
  readonly scrape_configs: readonly { readonly kubernetes_sd_configs?: readonly object[] }[];
}

/** Outside of a pod, it finds the API server by a file; which shard it is, the operator's sidecar fills in. */
function fromOutside(text: string, kubeconfig: string): string {
  const configuration = parse(text.replaceAll('$(SHARD)', '0')) as Configuration;
  const scrape_configs = configuration.scrape_configs.map((one) => ({
    ...one,
    ...(one.kubernetes_sd_configs === undefined
      ? {}
      : {
          kubernetes_sd_configs: one.kubernetes_sd_configs.map((sd) => ({ ...sd, kubeconfig_file: kubeconfig })),
        }),
  }));
  return stringify({ ...configuration, scrape_configs }, { lineWidth: 0, aliasDuplicateObjects: false });
}

async function startPrometheus({ folder, kubeconfig }: Cluster, text: string): Promise<PrometheusServer> {
  const [port = 0] = await freePorts(1);
  const place = join(folder, 'prometheus');
  return PrometheusServer.start({
    name: 'Prometheus',
    folder: place,
    log: join(place, 'log'),
    configuration: fromOutside(text, kubeconfig),
    listen: `127.0.0.1:${port}`,
  });
}

function queryOf(params: Readonly<Record<string, readonly string[]>> = {}): string {
  const query = new URLSearchParams(Object.entries(params).flatMap(([key, values]) => values.map((one) => [key, one])));
  return query.size > 0 ? `?${query}` : '';
}

/** What rules and dashboards go by: whose metrics they are, of which pod, from which page. */
function drawn(plan: Plan, pods: readonly KubernetesObject[]): string[] {
  const { namespace } = plan;
  const scrapes = contributionsOf(plan).flatMap((one) => one.scrapes ?? []);
  const ofPods = scrapes.flatMap(({ job, workload, port, path = '/metrics', params, endpoint }) =>
    pods
      .filter(({ metadata }) => metadata.labels?.['app.kubernetes.io/name'] === workload)
      .map(
        ({ metadata }) => `${namespace} ${job} ${metadata.name} ${endpoint ?? ''} :${port}${path}${queryOf(params)}`,
      ),
  );
  const questions = (plan.monitors?.checks ?? []).map(
    (check) => `${namespace} blackbox ${check.name} ${moduleOf(check)} ${check.url}`,
  );
  return [...ofPods, ...questions].sort();
}

function found({ labels, scrapeUrl }: Target): string {
  const url = new URL(scrapeUrl);
  const { namespace, job, pod, endpoint = '', service, instance } = labels;
  if (job === 'blackbox') return `${namespace} ${job} ${service} ${url.searchParams.get('module')} ${instance}`;
  // The operator always says which port it is; ours say so only where there are several.
  const which = endpoint === 'detailed' ? endpoint : '';
  return `${namespace} ${job} ${pod} ${which} :${url.port}${url.pathname}${url.search}`;
}

/** Each target that ours would have, with the same labels, and no other. */
export async function sameTargets(plan: Plan, cluster: Cluster, text: string): Promise<number> {
  const pods = await cluster.client.list(`/api/v1/namespaces/${plan.namespace}/pods`);
  const wanted = drawn(plan, pods);
  const prometheus = await startPrometheus(cluster, text);
  await until('the same targets as with our own Prometheus', 120, async () => {
    const all = (await prometheus.targets()).map((one) => found(one)).sort();
    const lost = wanted.filter((one) => !all.includes(one)).map((one) => `no target ${one}`);
    const odd = all.filter((one) => !wanted.includes(one)).map((one) => `undrawn target ${one}`);
    return [...lost, ...odd, ...(all.length === wanted.length ? [] : ['another number'])].join('; ');
  });
  return wanted.length;
}
