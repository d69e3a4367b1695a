/** Who watches sees everything, the dead man's switch is heard, and no panel of a dashboard is empty. */
import { until } from '../cluster/until';
import { forwarded, getJson } from '../forward';
import { expect, type Stage } from '../stage';

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
}

const SECONDS = 90;

async function checkTargets(stage: Stage): Promise<string> {
  return forwarded(stage, 'prometheus', async (url) => {
    const { plan } = stage.manifests;
    const exporters = (plan.monitors?.exporters ?? []).map(({ of }) => of);
    const wanted = [...exporters, 'blackbox', 'kube-state-metrics', 'kubelet'];
    const jobsOf = (targets: readonly Target[]) => new Set(targets.map(({ labels }) => labels['job']));
    // Prometheus hears of a pod a moment after the pod is Ready.
    const all = await until('every target is there and up', SECONDS, async () => {
      const { data } = await getJson<{ data: { activeTargets: Target[] } }>(`${url}/api/v1/targets?state=active`);
      const jobs = jobsOf(data.activeTargets);
      const missing = wanted.filter((job) => !jobs.has(job));
      expect(missing.length === 0, `Prometheus has no target of ${missing.join(', ')}; it has ${[...jobs].join(', ')}`);
      const down = data.activeTargets.filter(({ health }) => health !== 'up');
      expect(down.length === 0, down.map((it) => `${it.scrapeUrl} ${it.lastError}`).join('; '));
      return data.activeTargets;
    });
    const jobs = jobsOf(all);
    return `${all.length} targets of ${jobs.size} jobs are up`;
  });
}

/** After the first backup: some panels show its age. */
export async function checkDashboards(stage: Stage): Promise<void> {
  if (stage.manifests.plan.monitors?.servers === undefined) return;
  await forwarded(stage, 'grafana', async (url) => {
    const answers = await until('every query of every dashboard has data', SECONDS, async () => {
      const all = await getJson<Answer[]>(`${url}/api/queries`);
      const empty = all.filter(({ series }) => series === 0);
      const named = empty.map(({ panel, expr, error }) => `${panel}: ${error ?? expr}`);
      if (empty.length > 0) throw new Error(`${empty.length} of ${all.length} are empty: ${named.join('\n')}`);
      return all.length > 0 && all;
    });
    const text = `${answers.length} queries, each has data`;
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
  if (stage.manifests.plan.monitors === undefined) return;
  const found = await Promise.all([checkTargets(stage), checkSwitch(stage)]);
  stage.say(`  ${found.join('; ')}`);
  stage.facts.set('Monitoring', found.join('; '));
}
