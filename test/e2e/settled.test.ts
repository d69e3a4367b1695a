import { type Controller, differences, type Found, type Wanted } from '../../e2e/settled';

const wanted: Wanted = {
  workloads: [
    { name: 'web', controller: 'Deployment', replicas: { min: 2, max: 4 } },
    { name: 'db', controller: 'StatefulSet', replicas: { min: 1, max: 1 } },
    { name: 'migrate', controller: 'Job', replicas: { min: 1, max: 1 } },
  ],
  autoscalers: ['web'],
};

function controller(name: string, replicas: number, status: Controller['status'] = {}): Controller {
  const all = { replicas, updatedReplicas: replicas, readyReplicas: replicas };
  return {
    metadata: { name, generation: 3 },
    spec: { replicas },
    status: { observedGeneration: 3, ...all, ...status },
  };
}

function job(name: string, succeeded: number, kind?: string): Controller {
  const owner = kind === undefined ? {} : { ownerReferences: [{ kind }] };
  return { metadata: { name, ...owner }, spec: {}, status: { succeeded } };
}

const right: Found = {
  controllers: [controller('web', 3), controller('db', 1)],
  jobs: [job('migrate', 1), job('backup-1', 0, 'CronJob')],
  autoscalers: ['web'],
};

/** The same with another `web`. */
function withWeb(web: Controller): Found {
  return { ...right, controllers: [web, controller('db', 1)] };
}

describe('What was applied', () => {
  test('is there when each controller is at a figure of its own with new and Ready pods', () => {
    expect(differences(wanted, right)).toEqual([]);
  });

  test.each([
    ['fewer pods than the fewest', controller('web', 1)],
    ['more pods than the most', controller('web', 5)],
    ['a pod of before', controller('web', 3, { updatedReplicas: 2 })],
    ['a pod too much', controller('web', 3, { replicas: 4 })],
    ['a pod that is not Ready', controller('web', 3, { readyReplicas: 2 })],
    ['no pod that is Ready', controller('web', 3, { readyReplicas: undefined })],
    ['a state of before', controller('web', 3, { observedGeneration: 2 })],
  ])('is not there with %s', (_, web) => {
    expect(differences(wanted, withWeb(web))).toEqual(['web']);
  });

  test('is not there at another figure than the only one', () => {
    expect(differences(wanted, { ...right, controllers: [controller('web', 2), controller('db', 0)] })).toEqual(['db']);
  });

  test('is not there while a controller is missing, or one is there that nothing asks for', () => {
    expect(differences(wanted, { ...right, controllers: [controller('web', 2)] })).toEqual(['db']);
    const more = [...right.controllers, controller('old', 1)];
    expect(differences(wanted, { ...right, controllers: more })).toEqual(['old']);
  });

  test('is not there while an autoscaler is missing, or one was not pruned', () => {
    expect(differences(wanted, { ...right, autoscalers: [] })).toEqual(['HorizontalPodAutoscaler web']);
    expect(differences(wanted, { ...right, autoscalers: ['web', 'old'] })).toEqual(['HorizontalPodAutoscaler old']);
  });

  test('is not there before its Job has succeeded', () => {
    expect(differences(wanted, { ...right, jobs: [job('migrate', 0)] })).toEqual(['migrate']);
  });
});
