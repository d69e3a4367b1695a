/** The order of a start: what a pod waits for, and what it does when nobody answers. */
import { loginScript, waitScript } from '../../lib/kubernetes/wait';
import type { Plan, WaitPlan } from '../../lib/model/plan';
import { type Check, type Invariants, some, unless } from './invariant';
import type { Container } from './manifest';
import type { ObjectSet } from './objects';

/** By workload, what it waits for in the Plan. A migration waits for its stores alone: no service of the system may hold it up. */
function planned({ services, stores }: Plan): Map<string, readonly WaitPlan[]> {
  const migrations = services.flatMap(({ migration }) => (migration ? [migration] : []));
  const roles = stores.flatMap((store) => (store.kind === 'postgres' ? [store.rolesJob] : []));
  return new Map([...services, ...migrations, ...roles].map(({ name, waits }) => [name, waits]));
}

/** Seconds, and what happens then: a store that is not there is a failure of the start, a service that is not there is not. */
function endOf(wait: WaitPlan, plan: Plan): string[] {
  const store = plan.stores.some(({ name }) => name === wait.name);
  return [String(wait.timeoutSeconds), ...(wait.login ? [] : [store ? 'fail' : 'go-on'])];
}

function isWait({ command = [] }: Container): boolean {
  return command[2] === waitScript || command[2] === loginScript;
}

const askers: Check = ({ workloads }, plan) =>
  workloads.flatMap(({ at, name, pod }) => {
    const waits = planned(plan).get(name) ?? [];
    const found = (pod.initContainers ?? []).filter(isWait);
    const [wanted, made] = [waits.map((wait) => `wait-for-${wait.name}`).join(), found.map((one) => one.name).join()];
    return unless(made === wanted, `${at}: has ${made || 'no wait'}, in the Plan ${wanted || 'none'}`);
  });

const ends: Check = ({ workloads }, plan) =>
  workloads.flatMap(({ at, name, pod }) =>
    (planned(plan).get(name) ?? []).flatMap((wait) => {
      const container = (pod.initContainers ?? []).find((one) => one.name === `wait-for-${wait.name}`);
      const who = wait.login ? [wait.login.database, wait.login.user] : [];
      const [seconds = '', ...then] = endOf(wait, plan);
      const wanted = ['wait', wait.host, String(wait.port), seconds, ...who, ...then];
      const [, , script, ...found] = container?.command ?? [];
      return [
        ...unless(script === (wait.login ? loginScript : waitScript), `${at}: does not ask ${wait.name}`),
        ...unless(found.join() === wanted.join(), `${at}: waits by ${found.join(' ')}, wanted ${wanted.join(' ')}`),
      ];
    }),
  );

/** The wait for a port that ends in a way, of a pod that has one. */
function waitThat(objects: ObjectSet, end: 'fail' | 'go-on'): string[] {
  const commands = objects.containers.flatMap(({ container: { command } }) => (command ? [command] : []));
  return some(commands.filter((command) => command[2] === waitScript && command.at(-1) === end));
}

export const waitInvariants: Invariants = {
  'a pod waits for what the Plan says, and for nothing else': {
    check: askers,
    broken: {
      'no wait': (objects) => {
        const { pod } = some(objects.workloads.filter((workload) => workload.pod.initContainers?.some(isWait)));
        pod.initContainers = (pod.initContainers ?? []).filter((container) => !isWait(container));
      },
      'one more': (objects) => {
        const { pod } = some(objects.workloads.filter((workload) => workload.pod.initContainers?.some(isWait)));
        const other = { ...some((pod.initContainers ?? []).filter(isWait)), name: 'wait-for-other' };
        pod.initContainers = [...(pod.initContainers ?? []), other];
      },
    },
  },

  'a wait for a store fails at its time-out, one for a service goes on': {
    check: ends,
    broken: {
      'a store that is not waited for to the end': (objects) => {
        waitThat(objects, 'fail').splice(-1, 1, 'go-on');
      },
      'a service whose crash stops the others': (objects) => {
        waitThat(objects, 'go-on').splice(-1, 1, 'fail');
      },
      'the Plan says so too': (objects, plan) => {
        const command = waitThat(objects, 'go-on');
        command.splice(-1, 1, 'fail');
        const all = plan.services.flatMap(({ waits }) => waits);
        for (const wait of all.filter(({ host }) => host === command[4])) Object.assign(wait, { atTimeout: 'fail' });
      },
      'for ever': (objects) => {
        waitThat(objects, 'fail').splice(-2, 1, '99999');
      },
      'somebody else': (objects) => {
        waitThat(objects, 'fail').splice(4, 1, 'elsewhere');
      },
    },
  },
};
