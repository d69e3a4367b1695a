import { resolveShop } from './shop';

/** Every object and list of a Plan, by its path. */
function parts(value: unknown, path = 'plan'): [string, object][] {
  if (value === null || typeof value !== 'object') return [];
  return [[path, value], ...Object.entries(value).flatMap(([key, item]) => parts(item, `${path}.${key}`))];
}

test('Nobody can write to a Plan, however deep', () => {
  const all = parts(resolveShop().plan);
  expect(all.length).toBeGreaterThan(500);
  expect(all.filter(([, part]) => !Object.isFrozen(part)).map(([path]) => path)).toEqual([]);
});

test.each<[string, (plan: Record<string, unknown>) => void]>([
  ['a field', (plan) => Object.assign(plan, { namespace: 'other' })],
  ['a new field', (plan) => Object.assign(plan, { own: true })],
  ['an end', (plan) => delete plan['services']],
  ['a service more', ({ services }) => (services as unknown[]).push({})],
  [
    'a figure of a service',
    ({ services }) => Object.assign((services as { replicas: object }[])[0]?.replicas ?? {}, { min: 9 }),
  ],
])('Writing %s into a Plan throws', (_, write) => {
  const { plan } = resolveShop();
  const before = JSON.stringify(plan);
  expect(() => write(plan as unknown as Record<string, unknown>)).toThrow(TypeError);
  expect(JSON.stringify(plan)).toBe(before);
});
