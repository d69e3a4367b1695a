import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { keelson, project, removeTemporary, temporaryFolder, temporaryRoot } from './harness';

let root: string;
beforeAll(() => {
  root = temporaryRoot();
});
afterAll(removeTemporary);

describe('keelson list', () => {
  test('prints systems, environments and tiers as JSON that programs read', async () => {
    const { status, out } = await keelson(['list', '--format', 'json'], root);
    expect(status).toBe(0);
    const listing = JSON.parse(out);
    expect(Object.keys(listing)).toEqual(['systems', 'environments', 'tiers']);
    expect(listing.systems[0]).toEqual({ id: 'django-react', title: 'Django and React' });
    expect(listing.environments.map(({ name, tier }: { name: string; tier: string }) => [name, tier])).toEqual([
      ['cloud', 'medium'],
      ['development', 'low'],
      ['production', 'medium'],
      ['staging', 'low'],
    ]);
    expect(listing.tiers).toEqual(['low', 'medium', 'high']);
  });

  test('prints a table for people, one system a line', async () => {
    const { out } = await keelson(['list'], root);
    expect(out).toMatch(/^django-react +Django and React$/m);
    expect(out).toMatch(/^production +medium +TLS/m);
  });

  test('finds the files from --root, and from the current folder without it', async () => {
    const elsewhere = temporaryFolder();
    const empty = JSON.parse((await keelson(['list', '--format', 'json'], elsewhere)).out);
    expect(empty.systems).toEqual([]);
    const found = JSON.parse((await keelson(['list', '--format', 'json', '--root', root], elsewhere)).out);
    expect(found.systems).toHaveLength(5);
  });
});

describe('a --root', () => {
  test.each([
    ['empty', 'which has no folder systems/'],
    ['gone', 'which is no folder'],
  ])('that is %s is wrong input', async (folder, found) => {
    const elsewhere = temporaryFolder();
    mkdirSync(join(elsewhere, 'empty'));
    const { status, err } = await keelson(['check', '--root', folder], elsewhere);
    expect(status).toBe(1);
    expect(err).toContain(`error: --root: found "${folder}", ${found}, wanted a folder that holds systems/`);
  });
});

describe('a name that does not exist', () => {
  test.each([
    [['check', 'djago-react'], 'systems/djago-react', 'did you mean "django-react"?'],
    [['synth', 'lms', 'prodution'], 'environments/prodution', 'did you mean "production"?'],
    [['report', 'lms', 'prod'], 'environments/prod', 'did you mean "production"?'],
    [['report', 'lms', 'stagign'], 'environments/stagign', 'did you mean "staging"?'],
  ])('of %j is wrong input and gets the nearest one', async (args, path, hint) => {
    const { status, err, out } = await keelson(args, root);
    expect(status).toBe(1);
    expect(err).toContain(`error: ${path}: found`);
    expect(err).toContain(hint);
    expect(out).toBe('');
  });

  test('of a system and an environment at once is reported at once', async () => {
    const { err } = await keelson(['check', 'lsm', 'stagign'], root);
    expect(err).toContain('unknown-system');
    expect(err).toContain('unknown-environment');
  });
});

describe('misuse of the command line', () => {
  test.each([
    [['snyth'], "unknown command 'snyth'", 'Did you mean synth?'],
    [['synth', '--teir', 'low'], "unknown option '--teir'", 'Did you mean --tier?'],
    [['synth', '--tier', 'hgih'], "argument 'hgih' is invalid", 'Allowed choices are low, medium, high'],
    [['check', 'a', 'b', 'c'], 'too many arguments', ''],
    [['image', 'backend=a:1.0.0'], "required option '--environment <environment>' not specified", ''],
    [['check', '--all', '--against', 'dist'], "'--all' cannot be used with option '--against", ''],
    [[], 'Usage: keelson', ''],
  ])('%j exits 2 with a short message', async (args, message, hint) => {
    const { status, err } = await keelson(args, root);
    expect(status).toBe(2);
    expect(err).toContain(message);
    expect(err).toContain(hint);
    expect(err).not.toMatch(/^\s+at /m);
  });

  test('asking for help is none', async () => {
    const { status, out } = await keelson(['synth', '--help'], root);
    expect(status).toBe(0);
    expect(out).toContain('Usage: keelson synth');
  });
});

describe('a file of the user', () => {
  test.each([
    ['throws', `throw new Error('no licence\\nfor today');`, 'an error while loading it: no licence | for today'],
    ['has no default export', 'export const system = {};', 'wanted a default export'],
    ['ends the process', 'process.exit(0);', 'an error while loading it: it calls process.exit'],
    ['is asynchronous', 'export default Promise.resolve({});', 'found a promise, wanted the value itself'],
    ['is asynchronous and fails', "export default Promise.reject(new Error('x'));", 'found a promise'],
    ['has a syntax error', 'export default {', 'an error while loading it'],
  ])('that %s is a problem with its path, not a stack trace', async (what, text, message) => {
    const own = temporaryRoot();
    const id = `shop-${what.replaceAll(' ', '-')}`;
    writeFileSync(join(own, 'systems', `${id}.ts`), text);
    const { status, err } = await keelson(['check', id], own);
    expect(status).toBe(1);
    expect(err).toContain(`error: systems/${id}: found`);
    expect(err).toContain(message);
    expect(err).not.toMatch(/^\s+at /m);
  });

  test('that cannot be read keeps no other from being listed', async () => {
    const own = temporaryRoot();
    writeFileSync(join(own, 'systems', 'shop.ts'), "throw new Error('no licence');");
    writeFileSync(join(own, 'environments', 'attic.yaml'), 'description: [');
    const { status, out, err } = await keelson(['list'], own);
    expect(status).toBe(1);
    for (const name of ['django-react', 'nestjs-api', 'production', 'tiers: low, medium, high'])
      expect(out).toContain(name);
    expect(out).not.toMatch(/shop|attic/);
    expect(err).toMatch(/^error: systems\/shop: found an error while loading it: no licence/m);
    expect(err).toMatch(/^error: environments\/attic: found an error while loading it/m);
  });

  test('that misses a module says so without the stack of who asked', async () => {
    const own = temporaryRoot();
    writeFileSync(join(own, 'systems', 'shop.ts'), "import './gone';\nexport default {};\n");
    const { err } = await keelson(['check', 'shop'], own);
    expect(err).toContain("Cannot find module './gone'");
    expect(err).not.toMatch(/require stack/i);
  });

  test('is a file: a folder of such a name is none', async () => {
    const own = temporaryRoot();
    mkdirSync(join(own, 'systems', 'parts.ts'));
    mkdirSync(join(own, 'systems', 'lms.js'));
    const { systems } = JSON.parse((await keelson(['list', '--format', 'json'], own)).out);
    expect(systems).toHaveLength(5);
  });

  test('in two formats under one name is a problem: neither is preferred', async () => {
    const own = temporaryRoot();
    writeFileSync(join(own, 'systems', 'lms.yaml'), 'title: LMS');
    const { status, err } = await keelson(['check', 'lms'], own);
    expect(status).toBe(1);
    expect(err).toContain('error: systems/lms: found two files of that name');
  });

  test('may be YAML', async () => {
    const own = temporaryRoot();
    writeFileSync(
      join(own, 'environments', 'plain.yaml'),
      'description: Plain\nmode: production\ntier: low\ndomain: example.com\ntls: { by: none }\n',
    );
    expect((await keelson(['check', 'django-react', 'plain'], own)).status).toBe(0);
  });

  test('that holds broken JSON of releases is a problem too', async () => {
    const own = temporaryRoot();
    writeFileSync(join(own, 'environments', 'production.images.json'), '{');
    const { status, err } = await keelson(['check'], own);
    expect(status).toBe(1);
    expect(err).toContain('error: environments/production.images.json: found an error while loading it');
  });
});

describe('keelson check', () => {
  test('accepts every system in every environment and tier', async () => {
    const { status, out, err } = await keelson(['check', '--all'], root);
    expect(err).not.toContain('error:');
    expect(out).toMatch(/^60 combinations: /);
    expect(status).toBe(0);
  });

  test('--all takes a system and an environment to narrow it down', async () => {
    expect((await keelson(['check', 'nestjs-api', '--all'], root)).out).toMatch(/^12 combinations: /);
    expect((await keelson(['check', 'nestjs-api', 'staging', '--all'], root)).out).toMatch(/^3 combinations: /);
    const { status, err } = await keelson(['check', 'nestjs-aip', '--all'], root);
    expect(status).toBe(1);
    expect(err).toContain('did you mean "nestjs-api"?');
  });

  test('reports every error of a wrong system and writes nothing', async () => {
    const own = temporaryRoot();
    const file = join(own, 'systems', 'django-react.ts');
    const text = readFileSync(file, 'utf8');
    writeFileSync(
      file,
      text.replace("to: 'frontend', in", "to: 'frontent', in").replace("owner: 'backend'", "owner: 'backed'"),
    );
    const { status, err, out } = await keelson(['check'], own);
    expect(status).toBe(1);
    expect(err).toContain('did you mean "frontend"?');
    expect(err).toContain('did you mean "backend"?');
    expect(err).toMatch(/^django-react in production: \d+ errors/m);
    expect(out).toBe('');
    expect((await keelson(['synth', '--out', 'out'], own)).status).toBe(1);
    expect(existsSync(join(own, 'out'))).toBe(false);
  });

  test('finds a patch without a target, which only a synthesis can', async () => {
    const own = temporaryRoot();
    const file = join(own, 'environments', 'production.ts');
    const patch =
      "patches: [{ kind: 'Deployment', name: 'backand', merge: { spec: { paused: true } }, reason: 'a test' }],";
    writeFileSync(file, readFileSync(file, 'utf8').replace('} satisfies', `${patch}\n} satisfies`));
    const { status, err } = await keelson(['check'], own);
    expect(status).toBe(1);
    expect(err).toContain('environments/production.patches[0]: found Deployment/backand');
    expect(err).toContain('did you mean "Deployment/backend"?');
  });

  test('--against refuses what a cluster cannot change, and says where it is described', async () => {
    const own = temporaryRoot();
    expect((await keelson(['synth', '--out', 'before'], own)).status).toBe(0);
    expect((await keelson(['check', '--against', 'before'], own)).status).toBe(0);
    const changed = temporaryRoot(own);
    const file = join(changed, 'systems', 'django-react.ts');
    writeFileSync(file, readFileSync(file, 'utf8').replace("size: '10Gi'", "size: '5Gi'"));
    const { status, err } = await keelson(['check', '--against', join(own, 'before')], changed);
    expect(status).toBe(1);
    expect(err).toMatch(
      /PersistentVolumeClaim\/media spec\.resources\.requests\.storage: found "5Gi" in place of "10Gi"/,
    );
    expect(err).toContain('docs/procedures.md#a-smaller-volume');
  });

  test('--against the output of another system or environment is wrong input, and never passes', async () => {
    const against = join(project, 'dist');
    for (const [other, namespace] of [
      [['lms', 'production'], 'lms-production'],
      [['django-react', 'staging'], 'django-react-staging'],
    ] as const) {
      const { status, err } = await keelson(['check', ...other, '--against', against], root);
      expect(status).toBe(1);
      expect(err).toContain(
        `error: --against: found the output of django-react in the namespace django-react-production, wanted an earlier output of ${other[0]} in the namespace ${namespace}: with another one there is nothing to compare [other-output]`,
      );
    }
  });

  test('--against a folder that is not there is wrong input', async () => {
    const { status, err } = await keelson(['check', '--against', 'dits'], root);
    expect(status).toBe(1);
    expect(err).toContain('did you mean "dist"?');
  });

  test.each([
    ['empty', 'which holds no manifest of keelson'],
    ['notes', 'which holds no manifest of keelson'],
    ['file', 'which is a file'],
  ])('--against what would let every change pass is wrong input: %s', async (against, found) => {
    const own = temporaryRoot();
    mkdirSync(join(own, 'empty'));
    mkdirSync(join(own, 'notes'));
    writeFileSync(join(own, 'notes', 'pod.yaml'), 'kind: Pod\nmetadata: { name: theirs }\n');
    writeFileSync(join(own, 'file'), '');
    const { status, err } = await keelson(['check', '--against', against], own);
    expect(status).toBe(1);
    expect(err).toContain(`error: --against: found "${against}", ${found}`);
  });
});

describe('keelson schema', () => {
  test.each([
    [[], 'Keelson system', 'services'],
    [['--environment'], 'Keelson environment', 'domain'],
  ])('with %j is the JSON Schema of the %s', async (args, title, property) => {
    const { status, out } = await keelson(['schema', ...args], root);
    expect(status).toBe(0);
    const schema = JSON.parse(out);
    expect(schema.title).toBe(title);
    expect(schema.properties).toHaveProperty(property);
  });
});

describe('colour', () => {
  test('is used on a terminal and left out after --no-color', async () => {
    const start = String.fromCharCode(27);
    expect((await keelson(['check', 'lsm'], root, true)).err).toContain(start);
    expect((await keelson(['check', 'lsm', '--no-color'], root, true)).err).not.toContain(start);
    expect((await keelson(['check', 'lsm'], root)).err).not.toContain(start);
  });
});
