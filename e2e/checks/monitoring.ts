/** Who watches sees everything, the dead man's switch is heard, and no panel of a dashboard is empty. */
import type { Plan } from '../../lib/model/plan';
import { until } from '../cluster/until';
import { forwarded, getJson } from '../forward';
import { doesNotApply, expect, keptPods, type Pod, type Stage, workloadOf } from '../stage';
import { together } from '../together';

interface Target {
  readonly health: 'up' | 'down' | 'unknown';
  readonly scrapeUrl: string;
  readonly lastError: string;
  readonly labels: Readonly<Record<string, string>>;
}

interface Answer {
  readonly panel: string;
  readonly expr: string;
  readonly error: string | null;
  readonly series: number;
  /** Of the series, those whose figure is a number: neither NaN nor infinite. */
  readonly finite: number;
}

const SECONDS = 180;

/** A kubelet's two pages: its volumes, and its containers' CPU and memory. */
const KUBELET_PAGES = ['/metrics', '/metrics/cadvisor'];

/** Whose pods are asked, by job. */
function workloadsOf({ monitors, services }: Plan): [job: string, workload: string][] {
  const { prometheus, alertmanager, kubeStateMetrics } = monitors?.servers ?? {};
  const own = [prometheus?.workload, alertmanager?.workload, kubeStateMetrics, monitors?.blackbox];
  return [
    ...(monitors?.exporters ?? []).map(({ of, workload }): [string, string] => [of, workload?.name ?? of]),
    ...services.flatMap(({ name, metrics }): [string, string][] => (metrics ? [[name, name]] : [])),
    ...own.flatMap((workload): [string, string][] => (workload ? [[workload.name, workload.name]] : [])),
  ];
}

/** What Prometheus must ask: `JOB POD`, `kubelet NODE PAGE`, `blackbox ADDRESS`; of pods and nodes, those that there are. */
export function wantedTargets(plan: Plan, pods: readonly Pod[], nodes: readonly string[]): string[] {
  const ofPods = workloadsOf(plan).flatMap(([job, workload]) => {
    const own = pods.filter((pod) => workloadOf(pod) === workload).map(({ metadata }) => metadata.name);
    return (own.length > 0 ? own : ['of no pod']).map((name) => `${job} ${name}`);
  });
  const ofNodes = plan.resourceMetrics === 'kubelet' ? nodes : [];
  return [
    ...ofPods,
    ...ofNodes.flatMap((node) => KUBELET_PAGES.map((page) => `kubelet ${node} ${page}`)),
    ...(plan.monitors?.checks ?? []).map(({ url }) => `blackbox ${url}`),
  ];
}

function nameOf({ labels: { job, node, metrics_path: page, pod, instance } }: Target): string {
  return `${job} ${node === undefined ? (pod ?? instance) : `${node} ${page}`}`;
}

/** What is wrong with the targets that Prometheus has. */
export function wrongTargets(wanted: readonly string[], targets: readonly Target[]): string[] {
  const found = targets.map(nameOf);
  return [
    ...wanted.filter((name) => !found.includes(name)).map((name) => `${name} is not asked`),
    ...found.filter((name) => !wanted.includes(name)).map((name) => `${name} is asked and is not there`),
    ...targets.filter(({ health }) => health !== 'up').map((it) => `${nameOf(it)} is ${it.health}: ${it.lastError}`),
  ];
}

async function checkTargets(stage: Stage): Promise<string> {
  return forwarded(stage, 'prometheus', async (url) => {
    const nodes = stage.nodes.map(({ name }) => name);
    // Prometheus hears of a pod a moment after the pod is Ready.
    const count = await until('every target is there and up', SECONDS, async () => {
      const { data } = await getJson<{ data: { activeTargets: Target[] } }>(`${url}/api/v1/targets?state=active`);
      const wanted = wantedTargets(stage.manifests.plan, await keptPods(stage), nodes);
      const wrong = wrongTargets(wanted, data.activeTargets);
      expect(wrong.length === 0, wrong.join('; '));
      return data.activeTargets.length;
    });
    return `${count} targets are up: every exporter, both pages of ${nodes.length} nodes, every address that is asked`;
  });
}

/** Queries without an answer, and those whose answer is no number. */
export function emptyQueries(answers: readonly Answer[]): string[] {
  return answers.filter(({ finite }) => finite === 0).map(({ panel, expr, error }) => `${panel}: ${error ?? expr}`);
}

/** After the first backup: some panels show its age. */
export async function checkDashboards(stage: Stage): Promise<void> {
  if (stage.manifests.plan.monitors?.servers === undefined) doesNotApply('no dashboards of its own');
  await forwarded(stage, 'grafana', async (url) => {
    const answers = await until('every query of every dashboard has data', SECONDS, async () => {
      const all = await getJson<Answer[]>(`${url}/api/queries`);
      const empty = emptyQueries(all);
      if (empty.length > 0) throw new Error(`${empty.length} of ${all.length} are empty: ${empty.join('\n')}`);
      return all.length > 0 && all;
    });
    const text = `${answers.length} queries, each has figures`;
    stage.say(`  ${text}`);
    stage.facts.set('Dashboards', text);
  });
}

async function checkSwitch(stage: Stage): Promise<string> {
  const heartbeat = stage.manifests.plan.monitors?.receivers.find(({ by }) => by === 'heartbeat');
  if (heartbeat === undefined) return 'nobody listens to the dead man’s switch';
  await until("the dead man's switch is heard", SECONDS, async () =>
    stage.webhooks.told(heartbeat.name).some(({ labels }) => labels['alertname'] === 'Watchdog'),
  );
  return "the dead man's switch is heard";
}

export async function checkMonitoring(stage: Stage): Promise<void> {
  if (stage.manifests.plan.monitors?.servers === undefined) doesNotApply('no monitoring of its own');
  const found = await together([checkTargets(stage), checkSwitch(stage)]);
  stage.say(`  ${found.join('; ')}`);
  stage.facts.set('Monitoring', found.join('; '));
}
