/**
 * Monitoring alive: the generated objects in a real API server, and what they describe running beside it, in namespaces of
 * its own. `node --import tsx verify/monitoring/live/run.ts [SYSTEM] [PREVIEW]`; exits 1 when a check fails.
 */
import { strict as assert } from 'node:assert';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Plan } from '../../../lib/model/plan';
import { clientsOf } from '../../../lib/monitoring/contribution';
import { must } from '../../kit/command';
import { checklist } from '../checklist';
import {
  consequencesAreHeldBack,
  everyMetricIsGiven,
  everyPanelHasData,
  heartbeats,
  lossIsTold,
  oneMessage,
  silenceWhileAllIsWell,
  targetsAreUp,
  twoPodsFall,
} from './checks';
import { WORK } from './container';
import { type DrawnDashboard, draw } from './dashboards';
import { type Entry, startEdge, startVisitors } from './edge';
import { logsAreAsDocumented } from './logs';
import { figuresArrive, startLongTerm } from './long-term';
import { inOwnNamespace } from './own-namespace';
import { installPrograms } from './programs';
import { type Message, startReceivers } from './receivers';
import { PrometheusServer } from './servers';
import { type Stage, setStage } from './stage';
import { livePlan } from './system';

const { check, failures, seconds } = checklist('live');

/** Seconds of figures before the dashboards are asked: rates over five minutes extrapolate from them. */
const figuresSeconds = 30;

/** Where the Ingress leads. */
function entryOf(plan: Plan, stage: Stage): Entry {
  const route = plan.edge.kind === 'none' ? undefined : plan.edge.routes[0];
  const service = plan.services.find(({ name }) => name === route?.to);
  const port = service?.ports[0]?.containerPort;
  if (service === undefined || port === undefined) throw new Error('No route leads in');
  return { host: stage.pod(service.name).address, port };
}

/** A page of each route, and one below it. */
function pathsOf(plan: Plan): string[] {
  const proxy = plan.services.find((one) => one.proxy !== undefined);
  const routes = proxy?.proxy?.routes ?? [{ path: '/' }];
  return routes.map(({ path }) => `${path}`);
}

/** What must be there for panels to have something to show: visitors, a queue, a backup that succeeded. */
async function use(plan: Plan, stage: Stage): Promise<void> {
  const entry = entryOf(plan, stage);
  await startEdge(stage.certificates, entry);
  startVisitors(plan.edge.hosts[0] ?? '', entry, pathsOf(plan));
  const declare = `rabbit_amqqueue:declare(rabbit_misc:r(<<"/">>, queue, <<"tasks">>), true, false, [], none, <<"live">>).`;
  for (const { kind, name } of plan.stores) {
    if (kind !== 'rabbitmq') continue;
    const { status, stderr } = await stage.pod(name).exec(kind, ['rabbitmqctl', 'eval', declare]);
    assert.equal(status, 0, stderr);
  }
  for (const { work } of plan.services) {
    const store = plan.stores.find(({ name, kind }) => name === work?.store && kind === 'redis');
    if (work === undefined || store === undefined) continue;
    const push = `REDISCLI_AUTH=$(cat "$PASSWORD_FILE") redis-cli -n ${work.database} rpush ${work.name} one two`;
    const { stdout } = await stage.pod(store.name).exec(store.kind, ['sh', '-c', push]);
    assert.equal(stdout.trim(), '2');
  }
  for (const job of plan.backup?.jobs.filter(({ schedule }) => schedule !== undefined) ?? []) {
    const args = ['create', 'job', `${job.name}-live`, `--from=cronjob/${job.name}`, '-n', plan.namespace];
    await stage.cluster.kubectl(args);
  }
}

/** Services whose errors follow from a lost store, and one that has nothing to do with it. */
function lossOf(plan: Plan): { store: string; clients: string[]; bystander: string } {
  const store = plan.stores.find(({ kind }) => kind === 'postgres')?.name ?? '';
  const clients = clientsOf(plan, store);
  const measured = plan.services.filter(({ name, metrics }) => metrics !== undefined && clients.includes(name));
  const others = plan.services.filter(
    ({ name, kind, proxy }) => kind === 'web' && proxy === undefined && !clients.includes(name),
  );
  return { store, clients: measured.map(({ name }) => name), bystander: others[0]?.name ?? '' };
}

async function lose(plan: Plan, stage: Stage, alertmanager: string, messages: readonly Message[]): Promise<void> {
  const { store, clients, bystander } = lossOf(plan);
  await stage.pod(store).stopContainer('postgres');
  if (bystander !== '') await stage.pod(bystander).stopContainer(bystander);
  await check('a lost database is told to the webhook, the chat, whoever is on call, and its administrator', () =>
    lossIsTold(messages, `PostgresDown ${store}`),
  );
  const held = clients.length > 0 ? [`errors of ${clients.join(', ')} are held back while it is lost`] : [];
  const told = bystander === '' ? [] : [`the loss of ${bystander} is told`];
  await check([...held, ...told].join(', and '), () =>
    consequencesAreHeldBack(alertmanager, messages, {
      cause: `PostgresDown ${store}`,
      consequences: clients.map((name) => `ErrorBudgetBurn ${name}`),
      others: bystander === '' ? [] : [`ServiceDown ${bystander}`],
    }),
  );
}

async function main(): Promise<void> {
  const [system = 'lms', preview] = process.argv.slice(2);
  if (process.env['KEELSON_LIVE_INSIDE'] !== 'yes') await installPrograms();
  if (!(await inOwnNamespace())) return;
  const plan = livePlan(system);
  const stage = await setStage(plan);
  const messages = await startReceivers(stage.certificates);
  const storage = await startLongTerm(stage.certificates);
  await use(plan, stage);
  const prometheus = new PrometheusServer(`http://${stage.pod('prometheus').address}:9090`);
  await check('Prometheus finds every drawn target, and each is up', () => targetsAreUp(plan, stage, prometheus));
  await sleep(figuresSeconds * 1000);
  await check('every query of every panel has data', async () => {
    const drawn: DrawnDashboard[] = await draw(plan, prometheus, figuresSeconds);
    if (preview) writeFileSync(preview, JSON.stringify(drawn));
    return everyPanelHasData(drawn);
  });
  await check('every metric that rules and dashboards name was given, and no exporter reports an error', () =>
    everyMetricIsGiven(plan, prometheus),
  );
  await check('what it writes to a long-term storage arrives there, in the name of system and environment', () =>
    figuresArrive(plan, prometheus, storage),
  );
  await check('while all is well, nobody is told of anything', () => silenceWhileAllIsWell(messages));
  const alertmanager = `http://${stage.pod('alertmanager').address}:9093`;
  await twoPodsFall(plan, alertmanager);
  await lose(plan, stage, alertmanager, messages);
  await check('two pods of one service that fall one after the other are one message', () => oneMessage(messages));
  await check('what every program wrote is JSON, or taken apart by a rule of docs/logs.md', () =>
    logsAreAsDocumented(stage),
  );
  await check("the dead man's switch arrives every minute", () => {
    const times = heartbeats(messages).map(({ at }) => at);
    assert.ok(times.length >= 3, `${times.length} heartbeats`);
    return times.length;
  });
  await end();
}

async function end(): Promise<never> {
  if (process.env['HOLD']) await sleep(Number(process.env['HOLD']) * 1000);
  console.log(`everything: ${seconds()} s`);
  if (failures.length > 0) {
    // Memory goes with the run; what its programs said is kept for whoever has to find out why.
    const kept = '/var/tmp/keelson-live-logs';
    await must('cp', ['-rT', join(WORK, 'logs'), kept]);
    console.log(`logs are in ${kept}`);
  }
  process.exit(failures.length > 0 ? 1 : 0);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
