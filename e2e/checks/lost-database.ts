/** The database is gone for good: who is told, who is not, and what still works without it. */
import { type Alert, type DownAlert, downAlerts, haveFired, isAlert, isOf, silenced, titleOf } from '../alerts';
import { until } from '../cluster/until';
import { forwarded, getJson } from '../forward';
import { during } from '../incident';
import { doesNotApply, expect, mustKubectl, type Stage } from '../stage';

/** The alert's own minute, and the rest of the way. */
const TOLD_WITHIN = 240;
/** A client's alert that waits longer is not waited for: the run has no more time. */
const WAITS_AT_MOST = 180;
const SILENCED_WITHIN = 300;
const ENDED_WITHIN = 300;
const FACT = 'Loss of the database';

/** Who is to be told of what, and of whom nobody is. */
interface Loss {
  readonly database: string;
  readonly alert: DownAlert;
  readonly receiver: string;
  readonly clients: ReadonlySet<string>;
  /** Their alerts that fire while the database is away. */
  readonly required: readonly DownAlert[];
  readonly begin: number;
}

function lossOf({ manifests: { plan, objects } }: Stage): Loss {
  const alerts = downAlerts(objects);
  const database = plan.stores.find(({ kind }) => kind === 'postgres')?.name;
  const alert = alerts.find(({ service }) => service === database);
  const receiver = plan.monitors?.receivers.find(({ by }) => by === 'webhook')?.name;
  if (database === undefined || receiver === undefined) return doesNotApply('no database, or nobody to tell');
  expect(alert !== undefined, `No rule tells that ${database} is down`);
  const clients = new Set(
    plan.arrows.filter(({ to, why }) => to.name === database && why === 'drawn').map(({ from }) => from),
  );
  const required = alerts.filter(
    ({ service, component, seconds }) =>
      component === 'application' && clients.has(service) && seconds <= WAITS_AT_MOST,
  );
  return { database, alert, receiver, clients, required, begin: Date.now() };
}

function since({ begin }: Loss): string {
  return `${((Date.now() - begin) / 1000).toFixed(0)} s`;
}

async function scale({ namespace }: Stage, { database }: Loss, pods: number): Promise<void> {
  await mustKubectl(['-n', namespace, 'scale', `statefulset/${database}`, `--replicas=${pods}`]);
}

/** Somebody is told of the database itself. */
async function told({ webhooks }: Stage, { alert, receiver, begin }: Loss): Promise<void> {
  await until('the loss of the database is told', TOLD_WITHIN, async () =>
    webhooks.told(receiver, begin).some((one) => one.status === 'firing' && isAlert(one, alert)),
  );
}

/** What Alertmanager has once it is so; its pod may become another one meanwhile. */
function alertsOnce(
  stage: Stage,
  what: string,
  seconds: number,
  isSo: (alerts: readonly Alert[]) => boolean,
): Promise<readonly Alert[]> {
  const ask = async (url: string): Promise<readonly Alert[] | false> => {
    const all = await getJson<Alert[]>(`${url}/api/v2/alerts`);
    return isSo(all) && all;
  };
  return until(what, seconds, () =>
    forwarded(stage, 'alertmanager', (url) => until(what, seconds / 4, () => ask(url), 2000)),
  );
}

/** Those of its clients whose time comes have fired, and reach nobody. */
async function checkSilence(stage: Stage, loss: Loss): Promise<string> {
  const { required, clients } = loss;
  if (required.length === 0) return `no client has an alert that fires within ${WAITS_AT_MOST} s`;
  const all = await alertsOnce(stage, "its clients' alerts fire", SILENCED_WITHIN, (alerts) =>
    haveFired(alerts, required),
  );
  return `${titleOf(silenced(all, clients))} fired and is silenced (seen after ${since(loss)})`;
}

/** A message that comes late comes when the silence ends: so the last look is when all of it is over. */
async function unheard(stage: Stage, loss: Loss, text: string): Promise<readonly string[]> {
  const { alert, clients, receiver, begin } = loss;
  const isOver = (alerts: readonly Alert[]): boolean =>
    !alerts.some((one) => isAlert(one, alert) || isOf(one, clients));
  await alertsOnce(stage, `the alerts of ${loss.database} and its clients end`, ENDED_WITHIN, isOver);
  const heard = stage.webhooks.told(receiver, begin).filter((one) => isOf(one, clients));
  if (heard.length > 0) return [`${FACT}: alerts of clients were told: ${titleOf(heard)}`];
  const end = `all ended after ${since(loss)}, and of no client was anybody told`;
  stage.say(`  ${FACT}: ${end}`);
  stage.facts.set(FACT, `${text}; ${end}`);
  return [];
}

/** At its end the database is on its way up; the next act waits for it. */
export async function checkLostDatabase(stage: Stage): Promise<void> {
  const loss = lossOf(stage);
  let text = '';
  const deed = async (): Promise<void> => {
    await scale(stage, loss, 0);
    await told(stage, loss);
    const soon = `told after ${since(loss)}`;
    text = `${soon}; ${await checkSilence(stage, loss)}`;
  };
  try {
    await during(stage, `loss of ${loss.database}, for users of what needs none`, deed, { load: 'lasting' });
  } finally {
    await scale(stage, loss, 1);
  }
  stage.say(`  ${text}`);
  stage.facts.set(FACT, text);
  stage.promises.push(unheard(stage, loss, text).catch((error: unknown) => [`${FACT}: ${String(error)}`]));
}
