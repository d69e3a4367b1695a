import { strict as assert } from 'node:assert';
import { setTimeout as sleep } from 'node:timers/promises';
import { contributionsOf } from '../../../charts/contributions';
import type { Plan } from '../../../lib/model/plan';
import { expressionsOf, metricsOf } from '../names';
import { type DrawnDashboard, silent } from './dashboards';
import type { Message } from './receivers';
import { heldAlerts, type PrometheusServer, send, until } from './servers';
import type { Stage } from './stage';

function nameOf(labels: Readonly<Record<string, string>>): string {
  return labels['app.kubernetes.io/name'] ?? '';
}

/** Every target that the Plan draws, as `job instance`: each scrape of each of its pods, each question, each kubelet. */
function drawnTargets(plan: Plan, stage: Stage): string[] {
  const scrapes = contributionsOf(plan).flatMap((one) => one.scrapes ?? []);
  const pods = [...stage.pods.values()].map(({ pod }) => pod.metadata);
  const ofPods = scrapes.flatMap(({ job, workload, endpoint }) =>
    pods.filter(({ labels }) => nameOf(labels) === workload).map(({ name }) => `${job} ${name} ${endpoint ?? ''}`),
  );
  const questions = (plan.monitors?.checks ?? []).map(({ url }) => `blackbox ${url} `);
  const kubelets = plan.resourceMetrics === 'kubelet' ? ['cadvisor', 'volumes'].map(() => 'kubelet node ') : [];
  return [...ofPods, ...questions, ...kubelets, 'prometheus localhost:9090 '].sort();
}

export async function targetsAreUp(plan: Plan, stage: Stage, prometheus: PrometheusServer): Promise<number> {
  const drawn = drawnTargets(plan, stage);
  await until('every drawn target is up', 60, async () => {
    const targets = await prometheus.targets();
    const down = targets.filter(({ health }) => health !== 'up');
    const found = targets.map(
      ({ labels }) =>
        `${labels['job']} ${labels['job'] === 'kubelet' ? labels['node'] : labels['instance']} ${labels['endpoint'] ?? ''}`,
    );
    const lost = drawn.filter((one) => !found.includes(one)).map((one) => `no target ${one}`);
    const odd = found.filter((one) => !drawn.includes(one)).map((one) => `undrawn target ${one}`);
    const said = down.map(({ scrapePool, health, lastError }) => `${scrapePool} is ${health} ${lastError}`);
    return [...lost, ...odd, ...said, ...(found.length === drawn.length ? [] : ['another number'])].join('; ');
  });
  return drawn.length;
}

/** Metrics that exist only once something has happened that does not happen here, and what that is. */
const notHere: Readonly<Record<string, string>> = {
  kube_job_failed: 'a Job that failed',
  kube_pod_container_status_last_terminated_reason: 'a container that ended',
  kube_pod_container_status_waiting_reason: 'a container that waits',
};

/** What rules and dashboards ask for was given: by PostgreSQL to a role that reads no table, for one. */
export async function everyMetricIsGiven(plan: Plan, prometheus: PrometheusServer): Promise<number> {
  const contributions = contributionsOf(plan);
  const asked = new Set(expressionsOf(contributions).flatMap(({ expr }) => metricsOf(expr)));
  const given = new Set(await prometheus.names());
  const missing = [...asked].filter((name) => !given.has(name)).sort();
  assert.deepEqual(
    missing,
    Object.keys(notHere)
      .filter((name) => asked.has(name))
      .sort(),
  );
  const errors = await prometheus.query('max(pg_exporter_last_scrape_error)');
  assert.deepEqual(
    errors.map(({ values }) => values[0]?.[1]),
    ['0'],
  );
  return asked.size;
}

/** Queries without data in this run, and why; an entry that is no longer needed is a failure, too. */
export const withoutData: Readonly<Record<string, string>> = {};

export function everyPanelHasData(drawn: readonly DrawnDashboard[]): number {
  assert.deepEqual(silent(drawn).sort(), Object.keys(withoutData).sort());
  return drawn.flatMap(({ answers }) => answers.flat()).length;
}

/** `PostgresDown db`, as far as a message carries labels. */
function told(messages: readonly Message[], receiver: string): string[] {
  return messages
    .filter((one) => one.receiver === receiver)
    .flatMap(({ alerts }) => alerts.map(({ labels }) => `${labels['alertname']} ${labels['service']}`));
}

export function heartbeats(messages: readonly Message[]): readonly Message[] {
  return messages.filter(
    ({ receiver, alerts }) => receiver === 'heartbeat' && alerts[0]?.labels['alertname'] === 'Watchdog',
  );
}

/** Nothing is wrong: then nobody is told of anything. */
export function silenceWhileAllIsWell(messages: readonly Message[]): void {
  const others = messages.filter(({ receiver }) => receiver !== 'heartbeat');
  assert.deepEqual(
    others.map(({ receiver, text }) => `${receiver}: ${text.slice(0, 300)}`),
    [],
  );
}

/** What a rule says of one pod of several; here of pods that are not: a system has one of each. */
const memberDown = 'NginxMemberDown';

/** Two alerts as Prometheus sends them, the second a moment after the first. */
export async function twoPodsFall({ namespace }: Plan, alertmanager: string): Promise<void> {
  const endsAt = new Date(Date.now() + 3_600_000).toISOString();
  for (const pod of ['edge-a', 'edge-b']) {
    const labels = { alertname: memberDown, namespace, component: 'proxy', severity: 'warning', service: 'edge', pod };
    await send(alertmanager, [{ labels, annotations: { summary: 'a pod is down' }, endsAt }]);
    await sleep(2000);
  }
}

/** Both are in it, and no other is of them. */
export async function oneMessage(messages: readonly Message[]): Promise<void> {
  const pods = (): (string | undefined)[][] =>
    messages
      .filter(({ receiver, alerts }) => receiver === 'hook' && alerts[0]?.labels['alertname'] === memberDown)
      .map(({ alerts }) => alerts.map(({ labels }) => labels['pod']).sort());
  await until('the hook is told', 60, async () => (pods().length > 0 ? '' : 'no message'));
  assert.deepEqual(pods(), [['edge-a', 'edge-b']]);
}

export async function lossIsTold(messages: readonly Message[], wanted: string): Promise<void> {
  await until(`${wanted} reaches its receivers`, 120, async () => {
    const lacking = ['hook', 'chat', 'on-call', 'dba'].filter((receiver) =>
      receiver === 'hook' ? !told(messages, receiver).includes(wanted) : !says(messages, receiver, wanted),
    );
    return lacking.length === 0 ? '' : `not told: ${lacking.join(', ')}`;
  });
}

/** Slack, PagerDuty and mail carry a text, with the alert's name and service in its title. */
function says(messages: readonly Message[], receiver: string, wanted: string): boolean {
  const [alert = '', service = ''] = wanted.split(' ');
  return messages.some(({ receiver: who, text }) => who === receiver && text.includes(alert) && text.includes(service));
}

/** What is only a consequence is held back, by that very loss; what is not its client's is told all the same. */
export async function consequencesAreHeldBack(
  alertmanager: string,
  messages: readonly Message[],
  { cause, consequences, others }: { cause: string; consequences: readonly string[]; others: readonly string[] },
): Promise<void> {
  await until('the consequences are held back, and another loss is told', 180, async () => {
    const alerts = await heldAlerts(alertmanager);
    const named = (one: string) => alerts.filter(({ labels }) => `${labels['alertname']} ${labels['service']}` === one);
    const by = new Set(named(cause).map(({ fingerprint }) => fingerprint));
    const open = consequences.filter((one) => {
      const found = named(one);
      return found.length === 0 || !found.every(({ status }) => status.inhibitedBy.some((id) => by.has(id)));
    });
    const untold = others.filter((one) => !told(messages, 'hook').includes(one)).map((one) => `${one} was not told`);
    return [...open.map((one) => `${one} is not held back`), ...untold].join('; ');
  });
  const leaked = told(messages, 'hook').filter((one) => consequences.includes(one));
  assert.deepEqual(leaked, []);
}
