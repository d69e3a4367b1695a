import production from '../../environments/production';
import { resolvePlan } from '../../lib/model';
import lms from '../../systems/lms';
import { dataObjects, type Manifest, object } from './fixture';

function database(tier: 'low' | 'medium' | 'high', primary = 0): Manifest[] {
  const { plan } = resolvePlan({
    system: { id: 'lms', raw: lms },
    environment: {
      name: 'production',
      raw: { ...production, systems: { lms: { stores: { db: { primary } } } } },
    },
    tier,
  });
  if (plan === undefined) throw new Error('lms has problems');
  return dataObjects(plan);
}

describe('PostgreSQL with replicas', () => {
  test.each([
    ['low', 1],
    ['medium', 2],
    ['high', 3],
  ] as const)('%s has %i members, each with a claim, and a budget where there are several', (tier, members) => {
    const objects = database(tier);
    expect(object(objects, 'StatefulSet', 'db').spec.replicas).toBe(members);
    const claims = objects.filter(
      ({ kind, metadata }) => kind === 'PersistentVolumeClaim' && /-db-/.test(metadata.name),
    );
    expect(claims).toHaveLength(members);
    const budgets = objects.filter(({ kind, metadata }) => kind === 'PodDisruptionBudget' && metadata.name === 'db');
    expect(budgets).toHaveLength(members > 1 ? 1 : 0);
  });

  test('a tier with the same resources changes no pod, but their number', () => {
    const [low, medium] = [database('low'), database('medium')].map((all) => object(all, 'StatefulSet', 'db').spec);
    expect(medium).toEqual({ ...low, replicas: 2 });
  });

  // A member alone at one tier is one of three at another: this field cannot change, and one waits for the other to start.
  test.each(['low', 'medium', 'high'] as const)('at %s the members start at once, whoever is named', (tier) => {
    for (const primary of [0, tier === 'low' ? 0 : 1])
      expect(object(database(tier, primary), 'StatefulSet', 'db').spec.podManagementPolicy).toBe('Parallel');
  });

  test('a promotion is an edit: the Service for writing and the pods learn it, nothing else', () => {
    const objects = database('medium', 1);
    expect(object(objects, 'Service', 'db').spec.selector['statefulset.kubernetes.io/pod-name']).toBe('db-1');
    const [prepare] = object(objects, 'StatefulSet', 'db').spec.template.spec.initContainers;
    expect(prepare.env).toContainEqual({ name: 'PRIMARY', value: '1' });
    expect(prepare.env).toContainEqual({
      name: 'MEMBERS',
      value: 'db-0.db-pods:5432 db-1.db-pods:5432 db-2.db-pods:5432',
    });
  });

  test('reads go to any member that is ready', () => {
    const { selector } = object(database('medium'), 'Service', 'db-ro').spec;
    expect(selector).toEqual({ 'app.kubernetes.io/name': 'db', 'app.kubernetes.io/instance': 'lms-production' });
  });

  test('what a slot keeps has an end, well below the claim', () => {
    const text = object(database('medium'), 'ConfigMap', 'db-config').data['postgresql.conf'];
    expect(text).toContain('max_slot_wal_keep_size = 10240MB\n');
  });
});
