import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { renderFiles } from '../../cli/synthesize';
import { defaultChoice } from '../../lib/choice';
import type { Manifest } from '../invariants/manifest';
import { combinations, lastingName, objectsOf, planFor, root, synthesized, title } from './combinations';

const production = combinations.filter(({ environment, tier }) => environment === 'production' && tier === 'medium');

/** Every file of a folder by name, as text. */
function filesOf(folder: string): [string, string][] {
  return readdirSync(folder)
    .sort()
    .map((name) => [name, readFileSync(join(folder, name), 'utf8')]);
}

function inFolder<T>(work: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'keelson-test-'));
  try {
    return work(join(folder, 'out'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Names of the files that are not the same in both: a difference of whole files would fill the screen. */
function differing(found: readonly [string, string][], wanted: readonly [string, string][]): string[] {
  const [a, b] = [new Map(found), new Map(wanted)];
  return [...new Set([...a.keys(), ...b.keys()])].filter((name) => a.get(name) !== b.get(name));
}

/** A program of its own, as a user runs it. */
function run(args: readonly string[]): void {
  const env = { ...process.env, CDK8S_CHECK_UPGRADE: 'false', NODE_OPTIONS: '' };
  execFileSync(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'ignore', 'ignore'] });
}

describe.each(production.map((combination) => [title(combination), combination] as const))('%s', (_, combination) => {
  const files = renderFiles(planFor(combination));

  test('is the same the second time', () => {
    expect(differing([...renderFiles(planFor(combination))], [...files])).toEqual([]);
  });

  test('comes back from its YAML as it was', () => {
    const read = [...files.values()].flatMap((text) =>
      parseAllDocuments(text).map((document) => document.toJS() as unknown),
    );
    expect(read).toEqual(synthesized(combination).objects.manifests.map(({ file: _, ...object }) => object));
  });

  test('is a flat folder whose names are in the order of apply', () => {
    const names = [...files.keys()];
    expect(names).toEqual([...names].sort());
    for (const name of names) expect(name).toMatch(/^\d0-[a-z]+\.k8s\.yaml$/);
    expect(names[0]).toBe('00-namespace.k8s.yaml');
  });

  test('has no machine, no user and no time in it', () => {
    const text = [...files.values()].join('\n');
    expect(text).not.toContain(root);
    expect(text).not.toMatch(/\/home\/|\/tmp\/keelson|\b20\d\d-\d\d-\d\dT\d\d:\d\d/);
  });
});

test('The order in which services stand in the file of a system renames no object', () => {
  const [combination] = production;
  if (combination === undefined) throw new Error('there is no system');
  const plan = planFor(combination);
  const byName = (manifests: readonly Manifest[]): string[] =>
    manifests.map((manifest) => `${manifest.kind}/${lastingName(manifest)}`).sort();
  const turned = { ...plan, services: [...plan.services].reverse(), workloads: [...plan.workloads].reverse() };
  expect(byName(objectsOf(turned).manifests)).toEqual(byName(objectsOf(plan).manifests));
});

describe('The default, by the programs themselves', () => {
  const { system, environment } = defaultChoice;
  const expected = [...renderFiles(planFor({ system, environment, tier: 'medium' }))];

  test('cdk8s synth writes the bytes that keelson computes', () => {
    inFolder((folder) => {
      run([join(root, 'node_modules', '.bin', 'cdk8s'), 'synth', '-o', folder]);
      expect(differing(filesOf(folder), expected)).toEqual([]);
    });
  });

  test('keelson synth writes the same', () => {
    inFolder((folder) => {
      run([join(root, 'bin', 'keelson.mjs'), 'synth', '--out', folder]);
      expect(differing(filesOf(folder), expected)).toEqual([]);
    });
  });

  test('dist/ is what the code writes: run `make`, read the difference, commit it', () => {
    expect(differing(filesOf(join(root, 'dist')), expected)).toEqual([]);
  });
});
