import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(__dirname, '../..');
const ci = readFileSync(join(root, '.ci/run'), 'utf8');

test('CI calls the two commands that the README starts with', () => {
  const [, block = ''] =
    /## Two commands[^`]*```sh\n([^`]*)```/.exec(readFileSync(join(root, 'README.md'), 'utf8')) ?? [];
  const commands = block.trim().split('\n');
  expect(commands).toHaveLength(2);
  for (const command of commands) expect(ci).toMatch(new RegExp(`^(gate '[^']*' )?${command}$`, 'm'));
});

describe('The gate on dist/', () => {
  const gate = /^same_dist\(\) \{\n.*?^\}\n/ms.exec(ci)?.[0] ?? '';
  let folder = '';

  const shell = (script: string): { status: number | null; stderr: string } =>
    spawnSync('bash', ['-c', script], {
      cwd: folder,
      encoding: 'utf8',
      // Not the repository that the tests may be called from, nor the settings of who calls them.
      env: { PATH: process.env['PATH'], HOME: folder, GIT_CEILING_DIRECTORIES: tmpdir() },
    });

  // As a gate is called, behind `||`, where bash ignores `set -e`.
  const asked = (): { status: number | null; stderr: string } =>
    shell(`set -euo pipefail\n${gate}failed=0\nsame_dist || failed=1\nexit "$failed"`);

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'keelson-test-'));
    mkdirSync(join(folder, 'dist'));
    writeFileSync(join(folder, 'dist', 'a.yaml'), 'a: 1\n');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const commit = 'git init -q . && git add dist && git -c user.name=a -c user.email=a@example.com commit -qm a';

  test('is open where the code writes what is committed', () => {
    expect(shell(commit).status).toBe(0);
    expect(asked()).toMatchObject({ status: 0, stderr: '' });
  });

  test.each([
    ['changed', 'echo b >> dist/a.yaml'],
    ['new', 'echo b > dist/b.yaml'],
    ['gone', 'rm dist/a.yaml'],
  ])('is closed where a file is %s', (_, change) => {
    expect(shell(`${commit} && ${change}`).status).toBe(0);
    const { status, stderr } = asked();
    expect([status, stderr]).toEqual([1, expect.stringContaining('differs from what the code writes')]);
  });

  test('is closed where git cannot tell', () => {
    const { status, stderr } = asked();
    expect([status, stderr]).toEqual([1, expect.stringContaining('git does not say')]);
  });
});
