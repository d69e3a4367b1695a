import { passwordVariable, withValue } from '../../e2e/copies';
import { type Fault, faultsOf, subjectOf } from '../../e2e/faults';
import { user } from '../../e2e/users/django-react';
import type { Manifest, PodSpec, Selector, Template } from '../invariants/manifest';
import { selects } from '../invariants/objects';
import { synthesized } from '../synthesis/combinations';

const { plan, objects } = synthesized({ system: 'django-react', environment: 'production', tier: 'medium' });
const template = objects.find('Deployment', 'backend')?.spec?.template as Template;
const subject = subjectOf(plan);
if (subject === undefined) throw new Error('There is nothing to copy');
const faults = faultsOf(subject, { template, namespace: plan.namespace }, user);

function fault(words: string): Fault {
  const found = faults.find(({ title }) => title.includes(words));
  if (found === undefined) throw new Error(`No fault ${words}`);
  return found;
}

/** The values of a variable in all containers of a pod. */
function values({ containers, initContainers = [] }: PodSpec, variable: string): (string | undefined)[] {
  return [...initContainers, ...containers].flatMap(({ env = [] }) =>
    env.flatMap(({ name, value }) => (name === variable ? [value] : [])),
  );
}

function selectorOf({ kind, spec }: Manifest): Selector | undefined {
  if (kind === 'Service') return { matchLabels: spec?.selector ?? {} };
  return kind === 'NetworkPolicy' ? spec?.podSelector : spec?.selector;
}

/** Who selects a pod, by kind and name. */
function selecting(labels: Readonly<Record<string, string>>, ...kinds: string[]): string[] {
  return objects.ofKind(...kinds).flatMap((object) => {
    const selector = selectorOf(object);
    return selector && selects(selector, labels) ? [`${object.kind}/${object.metadata.name}`] : [];
  });
}

describe('A copy of a pod', () => {
  const keepers = ['Deployment', 'StatefulSet', 'Service', 'PodDisruptionBudget'];

  test('is of the backend, whose pods are selected', () => {
    expect(subject.service.name).toBe('backend');
    expect(selecting(template.metadata?.labels ?? {}, ...keepers)).toEqual(['Deployment/backend', 'Service/backend']);
  });

  test.each(faults.map((it) => [it.title, it] as const))('with %s is nobody else’s', (_, { copy }) => {
    expect(selecting(copy.metadata.labels, ...keepers)).toEqual([]);
  });

  test('has the network of the one that it is a copy of, but with a blocked port', () => {
    const own = ['NetworkPolicy/default-deny', 'NetworkPolicy/backend'];
    for (const { copy } of faults.filter((it) => it !== fault('port'))) {
      expect(selecting(copy.metadata.labels, 'NetworkPolicy')).toEqual(own);
    }
    expect(selecting(fault('port').copy.metadata.labels, 'NetworkPolicy')).not.toContain('NetworkPolicy/backend');
  });

  test('takes no room, keeps its limits, and is not started again', () => {
    for (const { copy } of faults) {
      const [main] = copy.spec.containers;
      expect(main?.resources?.requests).toMatchObject({ cpu: '1m', memory: '16Mi' });
      expect(main?.resources?.limits).toEqual(template.spec.containers[0]?.resources?.limits);
      expect(copy.spec.restartPolicy).toBe('Never');
    }
  });

  test('leaves the one that it is a copy of alone', () => {
    expect(values(template.spec, 'DB_PASSWORD')).not.toContain('wrong');
    expect(template.metadata?.labels).toHaveProperty(['app.kubernetes.io/instance']);
  });
});

describe('A wrong password', () => {
  test('is the only thing that is wrong, in every container', () => {
    const { containers, initContainers } = fault('of db').copy.spec;
    const spec = { containers, initContainers };
    expect(new Set(values(spec, 'DB_PASSWORD'))).toEqual(new Set(['wrong']));
    expect(values(spec, 'REDIS_PASSWORD')).toEqual(values(template.spec, 'REDIS_PASSWORD'));
    expect(values(fault('of redis').copy.spec, 'REDIS_PASSWORD')).not.toContain(undefined);
  });

  test('is found by the address that it stands in', () => {
    expect(passwordVariable(template.spec, 'redis')).toBe('REDIS_PASSWORD');
    expect(() => passwordVariable(template.spec, 'cache')).toThrow('No variable has the password of cache');
    expect(() => withValue(fault('of db').copy, 'PASSWORD', '')).toThrow('No container has PASSWORD');
  });

  test('shows by the words of the server alone', () => {
    expect(fault('of db').says.test('FATAL:  password authentication failed for user "backend"')).toBe(true);
    expect(fault('of db').says.test('connection to server at "db" failed: Connection refused')).toBe(false);
    expect(fault('of redis').says.test('redis.exceptions.ConnectionError: Error 111')).toBe(false);
  });
});

describe('A migration that is missing', () => {
  const { copy, says, container } = fault('migration');

  test('is a file of the application’s containers', () => {
    const mounting = [...(copy.spec.initContainers ?? []), ...copy.spec.containers].flatMap(
      ({ name, volumeMounts = [] }) =>
        volumeMounts.some(({ mountPath }) => mountPath === user.nextMigration?.path) ? [name] : [],
    );
    expect(mounting).toEqual(['await-schema', 'prepare-1', 'backend']);
    expect(copy.metadata.annotations['file']).toBe(user.nextMigration?.text);
  });

  test('is waited for seconds, and shows only where the database answered', () => {
    const command = copy.spec.initContainers?.find(({ name }) => name === container)?.command;
    expect(command?.slice(3)).toEqual(['await-schema', '3', 'python', 'manage.py', 'migrate', '--check']);
    const end = 'the schema was not ready within 3s: python manage.py migrate --check\n';
    expect(says.test(end)).toBe(true);
    expect(says.test(`OperationalError: no connection\n${end}`)).toBe(false);
  });
});

test('A blocked port is waited for seconds, and named', () => {
  const { copy, says, container } = fault('port');
  const command = copy.spec.initContainers?.find(({ name }) => name === container)?.command;
  expect(command?.slice(3)).toEqual(['wait', 'db', '5432', '3', 'fail']);
  expect(says.test('db:5432 did not answer within 3s\n')).toBe(true);
  expect(says.test('db:5432 answers\n')).toBe(false);
});

test('A message is that of a job only where the job is its argument', () => {
  const message = (task: string, argsrepr: string): string => JSON.stringify({ body: '', headers: { task, argsrepr } });
  const isMessageOf = user.isMessageOf ?? (() => false);
  expect(isMessageOf(message('shop.tasks.work', '(12,)'), '12')).toBe(true);
  expect(isMessageOf(message('shop.tasks.work', '(12,)'), '1')).toBe(false);
  expect(isMessageOf(message('shop.tasks.tick', '()'), '12')).toBe(false);
});
