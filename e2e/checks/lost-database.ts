/** The database is gone for good: who is told, who is not, and what still works without it. */
import { until } from '../cluster/until';
import { forwarded, getJson } from '../forward';
import { during } from '../incident';
import { settle } from '../settled';
import { expect, mustKubectl, type Stage } from '../stage';

interface Alert {
  readonly labels: Readonly<Record<string, string>>;
  readonly status: { readonly state: 'active' | 'suppressed' | 'unprocessed' };
}

/** The alert's own minute, and the rest of the way. */
const TOLD_WITHIN = 120;
/** The clients' alerts wait for two minutes. */
const SILENCED_WITHIN = 180;

function isOf({ labels }: Pick<Alert, 'labels'>, names: ReadonlySet<string>): boolean {
  return labels['component'] === 'application' && names.has(labels['service'] ?? '');
}

export async function checkLostDatabase(stage: Stage): Promise<void> {
  const { plan } = stage.manifests;
  const database = plan.stores.find(({ kind }) => kind === 'postgres')?.name;
  const receiver = plan.monitors?.receivers.find(({ by }) => by === 'webhook')?.name;
  if (database === undefined || receiver === undefined) return;
  const clients = new Set(
    plan.arrows.filter(({ to, why }) => to.name === database && why === 'drawn').map(({ from }) => from),
  );
  const begin = Date.now();
  const since = (): string => ((Date.now() - begin) / 1000).toFixed(0);
  let [told, silenced] = ['', ''];
  const deed = async (): Promise<void> => {
    await mustKubectl(['-n', stage.namespace, 'scale', `statefulset/${database}`, '--replicas=0']);
    await until('the loss of the database is told', TOLD_WITHIN, async () =>
      stage.webhooks
        .told(receiver, begin)
        .some(
          ({ status, labels }) =>
            status === 'firing' && labels['service'] === database && labels['severity'] === 'critical',
        ),
    );
    told = since();
    const alerts = await forwarded(stage, 'alertmanager', (url) =>
      until(
        "its clients' alerts are silenced",
        SILENCED_WITHIN,
        async () => {
          const all = (await getJson<Alert[]>(`${url}/api/v2/alerts`)).filter((alert) => isOf(alert, clients));
          return all.length > 0 && all;
        },
        2000,
      ),
    );
    silenced = since();
    const loud = alerts.filter(({ status }) => status.state !== 'suppressed');
    expect(loud.length === 0, `An alert of a client is not silenced: ${JSON.stringify(loud[0]?.labels)}`);
  };
  try {
    await during(stage, `loss of ${database}, for users of what needs none`, deed, { load: 'lasting' });
  } finally {
    await mustKubectl(['-n', stage.namespace, 'scale', `statefulset/${database}`, '--replicas=1']);
    await settle(stage, 'everything is Ready again');
  }
  const heard = stage.webhooks.told(receiver, begin).filter((alert) => isOf(alert, clients));
  expect(heard.length === 0, `Alerts of clients were told: ${JSON.stringify(heard[0]?.labels)}`);
  const text = `told after ${told} s; the alerts of ${[...clients].join(', ')} are silenced (seen after ${silenced} s)`;
  stage.say(`  ${text}`);
  stage.facts.set('Loss of the database', text);
}
