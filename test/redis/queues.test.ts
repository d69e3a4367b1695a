import { contributionsOf } from '../../charts/contributions';
import { alertsOf, watched } from '../monitoring/fixture';

/** The worker's queue is a list of the cache, in a database of its own. */
function listed(queue: object, environment: object = {}): ReturnType<typeof watched> {
  return watched({
    system: {
      services: { worker: { arrows: { cache: {} }, scaling: { queue: { store: 'cache', depth: 5, ...queue } } } },
      stores: { cache: { use: 'mixed' } },
    },
    environment,
  });
}

function partOf({ plan }: ReturnType<typeof watched>): ReturnType<typeof contributionsOf>[number] {
  const part = contributionsOf(plan).find((one) => one.part === 'cache');
  if (part === undefined) throw new Error('no cache');
  return part;
}

const mail = listed({ name: 'mail', database: 3 });

describe('A list that a worker works off', () => {
  test('is measured by the exporter, in its database', () => {
    expect(partOf(mail).sidecars?.[0]?.container.args).toContain('--check-single-keys=db3=mail');
    const odd = partOf(listed({ name: 'a=b,c $(X)%' }));
    expect(odd.sidecars?.[0]?.container.args).toContain('--check-single-keys=db0=a%3Db%2Cc%20%24(X)%25');
  });

  test('is told of by what its workers at their maximum are to have before them', () => {
    const [alert] = partOf(mail).alerts?.filter(({ name }) => name === 'RedisQueueBacklog') ?? [];
    const worker = mail.plan.services.find(({ name }) => name === 'worker');
    expect(alert?.labels).toEqual({ queue: 'mail', database: '3' });
    expect(alert?.expr).toContain(`key="mail"}) > ${5 * (worker?.replicas.max ?? 0)} and`);
  });

  test('has a panel', () => {
    const panel = partOf(mail).row?.panels.find(({ title }) => title === 'Messages ready');
    expect(panel?.queries).toMatchObject([{ legend: 'mail' }]);
    expect(panel?.queries[0]?.expr).toMatch(/^max\(redis_key_size\{.*,db="db3",key="mail"\}\)$/);
  });

  test('of a managed Redis is measured as well', () => {
    const endpoint = { host: 'redis.example.com', cidrs: ['192.0.2.0/24'], tls: true };
    const stores = { cache: { engine: 'external', endpoint } };
    const managed = partOf(listed({ name: 'mail' }, { systems: { shop: { stores } } }));
    expect(managed.ownPods?.[0]?.container.args).toContain('--check-single-keys=db0=mail');
    expect(managed.alerts?.map(({ name }) => name)).toContain('RedisQueueBacklog');
  });

  test('changes nothing of how its worker scales where KEDA is absent', () => {
    const kinds = (set: typeof mail): string[] =>
      set.objects.filter(({ metadata }) => metadata.name === 'worker').map(({ kind }) => kind);
    expect(kinds(mail)).toEqual(kinds(watched()));
    expect(kinds(mail)).not.toContain('ScaledObject');
  });
});

test('A Redis without lists that somebody works off has no such alert, and its exporter looks at no key', () => {
  const plain = watched();
  expect(alertsOf(plain)).not.toContain('RedisQueueBacklog');
  expect(JSON.stringify(partOf(plain).sidecars)).not.toContain('check-single-keys');
});
