/** A release and a restart of every web service under load; and a control that must fail, or the load would see nothing. */
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../cluster/until';
import { during } from '../incident';
import { synthesize } from '../manifests';
import { expect, mustKubectl, type Stage, unsettled } from '../stage';

const ROLLOUT_SECONDS = 240;

/** Applies a folder as the documentation says, with what prunes the objects that it no longer has. */
export async function applyAndSettle(stage: Stage): Promise<void> {
  await mustKubectl(['apply', '-f', stage.manifests.folder]);
  await until('everything is as applied', ROLLOUT_SECONDS, async () => (await unsettled(stage)).length === 0, 500);
}

export async function checkRelease(stage: Stage): Promise<void> {
  const { plan } = stage.manifests;
  await during(stage, `release of ${Object.keys(stage.user.release).join(' and ')}`, async () => {
    stage.manifests = synthesize({ system: stage.system, tier: plan.tier, images: stage.user.release });
    await applyAndSettle(stage);
  });
  const released = new Set(Object.keys(stage.user.release));
  for (const { name } of plan.services.filter(
    ({ kind, image }) => kind === 'web' && ![...released].some((it) => image.includes(`/${it}:`)),
  )) {
    await during(stage, `restart of ${name}, pod by pod`, async () => {
      await mustKubectl(['-n', stage.namespace, 'rollout', 'restart', `deployment/${name}`]);
      await until(`${name} is restarted`, ROLLOUT_SECONDS, async () => (await unsettled(stage)).length === 0, 500);
    });
  }
}

/** Without the pause before SIGTERM and with an end at once, a restart must show. */
export async function checkNegativeControl(stage: Stage): Promise<void> {
  const service = stage.manifests.plan.services.find(({ kind, proxy }) => kind === 'web' && proxy !== undefined);
  const name = service?.name ?? stage.manifests.plan.services[0]?.name ?? '';
  const path = '/spec/template/spec';
  const patch = [
    { op: 'remove', path: `${path}/containers/0/lifecycle` },
    { op: 'replace', path: `${path}/terminationGracePeriodSeconds`, value: 0 },
  ];
  const settle = () => until('settled', ROLLOUT_SECONDS, async () => (await unsettled(stage)).length === 0, 500);
  await mustKubectl(['-n', stage.namespace, 'patch', 'deployment', name, '--type=json', '-p', JSON.stringify(patch)]);
  await settle();
  const deed = async (): Promise<void> => {
    for (let turn = 0; turn < 2; turn++) {
      await mustKubectl(['-n', stage.namespace, 'rollout', 'restart', `deployment/${name}`]);
      await sleep(500);
      await settle();
    }
  };
  const { failed, requests } = await during(stage, 'control', deed, { mayFail: true, row: false });
  stage.facts.set(
    'Negative control',
    `${name} without its pause before the end: ${failed} of ${requests} requests fail`,
  );
  await applyAndSettle(stage);
  expect(failed > 0, `The control did not fail: the load would not have seen a bad rolling update`);
}
