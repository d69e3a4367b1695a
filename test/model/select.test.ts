import { resolveShop } from './shop';

const atHighAlone = { system: { stores: { db: { tiers: ['high'] } } } };

test('migrations go with their database: where a tier has none, nobody migrates and nobody waits', () => {
  const { plan: low } = resolveShop({ ...atHighAlone, tier: 'low' });
  expect(low?.workloads.map(({ name }) => name)).not.toContain('web-migrate');
  expect(low?.services.find(({ name }) => name === 'web')).toMatchObject({
    migration: undefined,
    awaitSchema: undefined,
  });

  const { plan: high } = resolveShop({ ...atHighAlone, tier: 'high' });
  expect(high?.workloads.map(({ name }) => name)).toContain('web-migrate');
  expect(high?.services.find(({ name }) => name === 'web')?.awaitSchema).toBeDefined();
});
