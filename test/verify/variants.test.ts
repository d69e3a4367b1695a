import { toJSONSchema } from 'zod';
import { planOf } from '../../lib/choice';
import { isRecord } from '../../lib/model/merge';
import { environment } from '../../lib/model/schema/environment';
import { system } from '../../lib/model/schema/system';
import { workspace } from '../../verify/manifests/sets';
import { VARIANTS } from '../../verify/manifests/variants';

/** What names an alternative: of a provider, an engine, an edge, a kind of certificate. */
const chooses = ['by', 'provider', 'to', 'engine', 'edge', 'pooler', 'tls', 'resourceMetrics', 'mode', 'sharedVolumes'];

/** Said in another way, which is there. */
const elsewhere = {
  'stores engine: external': 'what `managedStores` makes of every store',
  'monitoring mode: none': 'the same as `monitoring: none`',
  ' edge: gateway': "the same as a system's own, in every system",
  'certificate by: cert-manager': 'the same as `storeCertificates`, of one store',
  'certificate by: self-signed': 'the same as `storeCertificates`, of one store',
};

interface Found {
  readonly all: readonly string[];
  readonly defaults: readonly string[];
}

function joined(parts: readonly Found[]): Found {
  return { all: parts.flatMap(({ all }) => all), defaults: parts.flatMap(({ defaults }) => defaults) };
}

/** `secrets provider: bootstrap`, wherever it stands in a schema: what it offers, and what it takes by itself. */
function offered(schema: unknown, path: readonly string[]): Found {
  if (Array.isArray(schema)) return joined(schema.map((one) => offered(one, path)));
  if (!isRecord(schema)) return { all: [], defaults: [] };
  const values = [schema['const'], ...(Array.isArray(schema['enum']) ? schema['enum'] : [])];
  const [parent = '', key = ''] = ['', '', ...path].slice(-2);
  const named = chooses.includes(key) ? values.filter((value) => typeof value === 'string') : [];
  const all = named.map((value) => `${parent} ${key}: ${value}`);
  const below = Object.entries(schema).map(([name, value]) =>
    name === 'properties' && isRecord(value)
      ? joined(Object.entries(value).map(([property, inner]) => offered(inner, [...path, property])))
      : offered(value, path),
  );
  return joined([{ all, defaults: written(schema['default'], path) }, ...below]);
}

/** The same of a file or a change of one; what has a name of its own there stands a level deeper. */
function written(value: unknown, path: readonly string[] = []): string[] {
  if (Array.isArray(value)) return value.flatMap((one) => written(one, path));
  if (isRecord(value)) return Object.entries(value).flatMap(([name, inner]) => written(inner, [...path, name]));
  const [over = '', parent = '', key = ''] = ['', '', '', ...path].slice(-3);
  if (typeof value !== 'string' || !chooses.includes(key)) return [];
  return [`${parent} ${key}: ${value}`, `${over} ${key}: ${value}`];
}

test('every alternative that the files offer is in front of real servers, in an environment or as a variant', () => {
  const schemas = [system, environment].map((schema) =>
    offered(toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }), []),
  );
  const { all, defaults } = joined(schemas);
  const files = [
    ...workspace.systems().map((id) => workspace.system(id)),
    ...workspace.environments().map((name) => workspace.environment(name)),
  ];
  const changes = workspace.systems().flatMap((id) => {
    const { plan } = planOf(workspace, { system: id, environment: 'production', tier: 'medium' });
    const raw = workspace.system(id);
    if (plan === undefined || !isRecord(raw)) return [];
    return VARIANTS.flatMap((variant) =>
      [variant.environment, variant.system].map((patch) => patch?.({ plan, system: raw })),
    );
  });
  const seen = new Set([
    ...defaults,
    ...[...files, ...changes].flatMap((one) => written(one)),
    ...Object.keys(elsewhere),
  ]);
  expect(all.length).toBeGreaterThan(30);
  expect([...new Set(all)].filter((alternative) => !seen.has(alternative)).sort()).toEqual([]);
});
