import type { Manifest } from '../invariants/manifest';
import { combinations, lastingName, synthesized, title } from './combinations';

const production = combinations
  .filter(({ environment, tier }) => environment === 'production' && tier === 'medium')
  .map((combination) => [title(combination), combination] as const);

/** Names by file and kind: one line a kind. */
function inventory(manifests: readonly Manifest[]): string {
  const lines = new Map<string, string[]>();
  for (const manifest of manifests) {
    const line = `${manifest.file} ${manifest.kind}`;
    lines.set(line, [...(lines.get(line) ?? []), lastingName(manifest)]);
  }
  return [...lines].map(([line, names]) => `${line}: ${names.join(', ')}`).join('\n');
}

function text(labels: Readonly<Record<string, string>> | undefined): string {
  return Object.entries(labels ?? {})
    .map(([key, value]) => `${key.replace('app.kubernetes.io/', '')}=${value}`)
    .join(' ');
}

/** What a cluster cannot change: selectors and the governing Service of what runs, and whom Services lead to. */
function selectors(manifests: readonly Manifest[]): string {
  return manifests
    .flatMap(({ kind, metadata, spec }) => {
      if (kind === 'Service') return [`${kind}/${metadata.name}: ${text(spec?.selector as Record<string, string>)}`];
      if (kind !== 'Deployment' && kind !== 'StatefulSet') return [];
      const governed = spec?.serviceName === undefined ? '' : `, governed by ${spec.serviceName}`;
      return [`${kind}/${metadata.name}: ${text(spec?.selector?.matchLabels)}${governed}`];
    })
    .join('\n');
}

/**
 * A changed snapshot is a changed promise: an object that is renamed is deleted and made again, and a selector that
 * changes is refused by the cluster. Read the difference before `jest -u`.
 */
describe.each(production)('%s', (_, combination) => {
  test('is made of these objects', () => {
    expect(inventory(synthesized(combination).objects.manifests)).toMatchSnapshot();
  });

  test('is selected like this', () => {
    expect(selectors(synthesized(combination).objects.manifests)).toMatchSnapshot();
  });
});

test('Names and selectors are the same at every tier, so that a tier is no reinstallation', () => {
  for (const { system, environment } of combinations.filter(({ tier }) => tier === 'low')) {
    const of = (tier: 'low' | 'medium' | 'high') => synthesized({ system, environment, tier }).objects.manifests;
    const selected = (tier: 'low' | 'medium' | 'high') =>
      new Map(
        selectors(of(tier))
          .split('\n')
          .map((line) => [line.split(':')[0], line]),
      );
    const [low, high] = [selected('low'), selected('high')];
    for (const [name, line] of selected('medium')) {
      if (low.has(name)) expect(low.get(name)).toBe(line);
      if (high.has(name)) expect(high.get(name)).toBe(line);
    }
  }
});
