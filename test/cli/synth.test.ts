import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readFiles } from '../../cli/output-folder';
import { keelson, project, removeTemporary, temporaryFolder, temporaryRoot } from './harness';

let root: string;
beforeAll(() => {
  root = temporaryRoot();
});
afterAll(removeTemporary);

/** A pipe of a CI: jest asks its children for colours where it stands on a terminal itself. */
const piped = { ...process.env, CI: 'true', FORCE_COLOR: undefined, NO_COLOR: undefined };

/** What `cdk8s synth` runs, without the CLI around it. */
function mainTs(out: string, variables: Readonly<Record<string, string>>): { status: number | null; stderr: string } {
  const env = { ...process.env, CDK8S_OUTDIR: out, ...variables };
  return spawnSync(process.execPath, ['--import', 'tsx', 'main.ts'], { cwd: project, env, encoding: 'utf8' });
}

describe('keelson synth', () => {
  test.each([
    ['lms', 'staging', 'high'],
    ['microservices', 'development', ''],
  ])('writes the bytes that cdk8s writes: %s in %s %s', async (system, environment, tier) => {
    const theirs = temporaryFolder();
    const variables = { KEELSON_SYSTEM: system, KEELSON_ENVIRONMENT: environment, KEELSON_TIER: tier };
    expect(mainTs(theirs, variables).status).toBe(0);
    const out = join(temporaryFolder(), 'dist');
    const { status } = await keelson(
      ['synth', system, environment, ...(tier ? ['--tier', tier] : []), '--out', out],
      root,
    );
    expect(status).toBe(0);
    expect(readFiles(out)).toEqual(readFiles(theirs));
    expect(readFiles(out).size).toBeGreaterThan(3);
  });

  test('takes the default, django-react in production, and dist', async () => {
    const own = temporaryRoot();
    const { out } = await keelson(['synth'], own);
    expect(out).toContain('django-react in production (medium)');
    expect(readdirSync(join(own, 'dist'))).toContain('00-namespace.k8s.yaml');
  });

  test.each([
    ['nestjs-api', 'production', 1],
    ['nestjs-api', 'staging', 1],
    ['nestjs-api', 'cloud', 1],
    ['django-react', 'production', 0],
  ])('says what an Ingress cannot do where no proxy does it: %s in %s', async (system, environment, times) => {
    const { status, err } = await keelson(['synth', system, environment], temporaryRoot());
    const said = err.match(/^warning: systems\/\S+\.routes: .*headers.*rates.*\[ingress-without-proxy\]$/gm);
    expect([status, said?.length ?? 0]).toEqual([0, times]);
  });

  test('says what changed, and leaves an unchanged folder alone', async () => {
    const own = temporaryRoot();
    await keelson(['synth'], own);
    const before = statSync(join(own, 'dist')).ino;
    const again = await keelson(['synth'], own);
    expect(again.out).toContain('unchanged');
    expect(statSync(join(own, 'dist')).ino).toBe(before);
    await keelson(['image', 'backend=registry.example.com/backend:1.4.2', '--environment', 'production'], own);
    const changed = await keelson(['synth'], own);
    expect(changed.out).toMatch(/^ {2}changed {2}40-services\.k8s\.yaml$/m);
    expect(changed.out).not.toContain('00-namespace');
    expect(readdirSync(own).filter((name) => name.startsWith('.dist'))).toEqual([]);
  });

  test('says that there is nothing to compare with the output of another environment, and replaces it', async () => {
    const own = temporaryRoot();
    await keelson(['synth', 'nestjs-api', 'staging'], own);
    const { status, err, out } = await keelson(['synth', 'nestjs-api', 'development'], own);
    expect(status).toBe(0);
    expect(err).toMatch(
      /^warning: dist: found the output of nestjs-api in the namespace nestjs-api-staging.*other-output/m,
    );
    expect(out).toContain('nestjs-api in development');
  });

  test('removes files that the new output does not have', async () => {
    const own = temporaryRoot();
    await keelson(['synth'], own);
    writeFileSync(join(own, 'dist', '99-gone.k8s.yaml'), '');
    const { out } = await keelson(['synth'], own);
    expect(out).toMatch(/^ {2}removed {2}99-gone/m);
    expect(readdirSync(join(own, 'dist'))).not.toContain('99-gone.k8s.yaml');
  });

  test('never replaces a folder that holds somebody else’s files', async () => {
    const own = temporaryRoot();
    mkdirSync(join(own, 'work'));
    writeFileSync(join(own, 'work', 'thesis.md'), 'mine');
    const { status, err } = await keelson(['synth', '--out', 'work'], own);
    expect(status).toBe(1);
    expect(err).toContain('found thesis.md');
    expect(readFileSync(join(own, 'work', 'thesis.md'), 'utf8')).toBe('mine');
    expect((await keelson(['synth', '--out', '.'], own)).status).toBe(1);
  });

  test('follows a link to the output, and keeps it', async () => {
    const own = temporaryRoot();
    mkdirSync(join(own, 'real'));
    symlinkSync('real', join(own, 'dist'));
    expect((await keelson(['synth'], own)).status).toBe(0);
    expect(readdirSync(join(own, 'real'))).toContain('00-namespace.k8s.yaml');
  });

  test('refuses what a running cluster cannot follow, and keeps the old output', async () => {
    const own = temporaryRoot();
    await keelson(['synth'], own);
    const before = readFiles(join(own, 'dist'));
    const smaller = temporaryRoot(own);
    const file = join(smaller, 'systems', 'django-react.ts');
    writeFileSync(file, readFileSync(file, 'utf8').replace("size: '10Gi'", "size: '5Gi'"));
    const out = join(own, 'dist');
    const refused = await keelson(['synth', '--out', out], smaller);
    expect(refused.status).toBe(1);
    expect(refused.err).toContain('docs/procedures.md#a-smaller-volume');
    expect(readFiles(out)).toEqual(before);
    expect((await keelson(['synth', '--out', out, '--no-compare'], smaller)).status).toBe(0);
    expect(readFiles(out)).not.toEqual(before);
  });

  test.each(['file', 'file/dist'])('says it plainly where a file is in the way: %s', async (out) => {
    const own = temporaryRoot();
    writeFileSync(join(own, 'file'), '');
    const { status, err } = await keelson(['synth', '--out', out], own);
    expect(status).toBe(1);
    expect(err).toContain(`error: --out: found ${join(own, 'file')}, which is a file, wanted a folder [out-folder]`);
  });
});

describe('a folder that cannot be made', () => {
  test('is said to be one, and nothing waits for it', () => {
    const args = [join(project, 'bin', 'keelson.mjs'), 'synth', 'nestjs-api', 'development', '--out', '/proc/a/b'];
    const { status, stderr } = spawnSync(process.execPath, args, {
      cwd: root,
      env: piped,
      encoding: 'utf8',
      timeout: 30_000,
    });
    expect(stderr).toMatch(/^error: E[A-Z]+: .*mkdir '\/proc\/a'$/m);
    expect(status).toBe(1);
  });
});

describe('a pipe that nobody reads any more', () => {
  /** The exit status where the reader of these streams has gone; null where the process had to be ended. */
  function unread(args: readonly string[], gone: readonly ('stdout' | 'stderr')[]): Promise<number | null> {
    const env = { ...piped, KEELSON_SYSTEM: 'lsm', CDK8S_OUTDIR: temporaryFolder() };
    const child = spawn(process.execPath, args, { cwd: project, env, timeout: 30_000, killSignal: 'SIGKILL' });
    for (const name of ['stdout', 'stderr'] as const) {
      if (gone.includes(name)) child[name].destroy();
      else child[name].resume();
    }
    return new Promise((resolve) => child.on('exit', resolve));
  }

  const program = join('bin', 'keelson.mjs');
  test.each([
    [['stdout'], ['list'], 0],
    [['stderr'], ['check', 'lsm'], 1],
    [['stdout', 'stderr'], ['chekc'], 2],
  ] as const)('is no error of keelson: %j, %j', async (gone, words, status) => {
    expect(await unread([program, ...words], gone)).toBe(status);
  });

  test('is no error of main.ts', async () => {
    expect(await unread(['--import', 'tsx', 'main.ts'], ['stdout', 'stderr'])).toBe(1);
  });
});

describe('main.ts', () => {
  test('shows problems in the shared format, without a stack trace, and exits 1', () => {
    const { status, stderr } = mainTs(temporaryFolder(), { KEELSON_SYSTEM: 'lsm', KEELSON_TIER: 'hihg' });
    expect(status).toBe(1);
    expect(stderr).toContain('error: systems/lsm: found "lsm"');
    expect(stderr).toContain('did you mean "high"?');
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  test('says what a file of the user leaves behind, and writes nothing', () => {
    const own = temporaryRoot();
    const file = join(own, 'systems', 'nestjs-api.ts');
    writeFileSync(file, `${readFileSync(file, 'utf8')}\nvoid Promise.reject(new Error('no licence'));\n`);
    const out = temporaryFolder();
    const env = { ...process.env, CDK8S_OUTDIR: out, KEELSON_SYSTEM: 'nestjs-api' };
    const args = ['--import', join(project, 'node_modules/tsx/dist/loader.mjs'), join(project, 'main.ts')];
    const { status, stderr } = spawnSync(process.execPath, args, { cwd: own, env, encoding: 'utf8' });
    expect(stderr).toContain('rejected with: no licence');
    expect(stderr).not.toMatch(/^\s+at /m);
    expect([status, readdirSync(out)]).toEqual([1, []]);
  });
});

describe('bin/keelson.mjs', () => {
  const program = join(project, 'bin', 'keelson.mjs');

  test('works from any folder', () => {
    const out = execFileSync(process.execPath, [program, 'list', '--format', 'json', '--root', root], {
      cwd: temporaryFolder(),
      encoding: 'utf8',
    });
    expect(JSON.parse(out).systems).toHaveLength(5);
  });

  test('colours where FORCE_COLOR asks for it, and no pipe for CI alone', () => {
    const said = (env: NodeJS.ProcessEnv): string =>
      spawnSync(process.execPath, [program, 'check', 'lsm'], { cwd: root, env, encoding: 'utf8' }).stderr;
    expect(said(piped)).toMatch(/^error: systems/m);
    expect(said({ ...piped, FORCE_COLOR: '1' })).toContain('\u001b[31merror\u001b[39m: systems');
    expect(said({ ...piped, NO_COLOR: '1' })).toMatch(/^error: systems/m);
  });

  test('exits as the command line does', () => {
    const status = (args: readonly string[]): number | null =>
      spawnSync(process.execPath, [program, ...args], { cwd: root }).status;
    expect([status(['list']), status(['check', 'lsm']), status(['chekc'])]).toEqual([0, 1, 2]);
  });

  /** A project whose nestjs-api has one more line. */
  function projectWith(line: string): string {
    const own = temporaryRoot();
    const file = join(own, 'systems', 'nestjs-api.ts');
    writeFileSync(file, `${readFileSync(file, 'utf8')}\n${line}\n`);
    return own;
  }

  const strays: [string, string, string][] = [
    ['a rejected promise', "void Promise.reject(new Error('no licence'));", 'rejected with: no licence'],
    ['an error of later', "setImmediate(() => { throw new Error('too late'); });", 'after the file was read: too late'],
    ['an end of the process', 'process.exit(0);', 'it calls process.exit'],
  ];

  test.each(strays)('makes %s in a file of the user a problem, and writes nothing', (_, line, message) => {
    const own = projectWith(line);
    const args = [program, 'synth', 'nestjs-api', 'production'];
    const { status, stderr, stdout } = spawnSync(process.execPath, args, { cwd: own, encoding: 'utf8' });
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect([status, stdout]).toEqual([1, '']);
    expect(readdirSync(own)).not.toContain('dist');
  });

  test('lists the others where a file leaves something behind', () => {
    const own = projectWith("void Promise.reject(new Error('no licence'));");
    const args = [program, 'list', '--format', 'json', '--root', own];
    const { status, stderr, stdout } = spawnSync(process.execPath, args, { env: piped, encoding: 'utf8' });
    expect(JSON.parse(stdout).systems).toHaveLength(4);
    expect(stderr).toMatch(/^error: systems\/nestjs-api: found .*rejected with: no licence/m);
    expect(status).toBe(1);
  });
});
