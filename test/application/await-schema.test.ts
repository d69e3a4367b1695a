import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { awaitSchemaScript } from '../../lib/application';

/** Runs the script as its container does: the time-out in seconds, then the command. */
function wait(limit: number, ...command: string[]) {
  return spawnSync('/bin/sh', ['-c', awaitSchemaScript, 'await-schema', String(limit), ...command], {
    encoding: 'utf8',
  });
}

describe('The wait for the schema', () => {
  test('ends at once when the schema is ready', () => {
    const { status, stdout } = wait(30, 'true');
    expect([status, stdout]).toEqual([0, 'the schema is ready\n']);
  });

  test('goes on until the schema is ready, and says a reason once', () => {
    const folder = mkdtempSync(join(tmpdir(), 'await-schema-'));
    const script = 'echo "two migrations are missing"; test -e "$0/first" && exit 0; touch "$0/first"; exit 1';
    try {
      const { status, stdout } = wait(30, '/bin/sh', '-c', script, folder);
      expect([status, stdout]).toEqual([0, 'two migrations are missing\nthe schema is ready\n']);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('fails at its time-out, with what the command said', () => {
    const { status, stdout, stderr } = wait(0, '/bin/sh', '-c', 'echo "no such table" >&2; exit 3');
    expect([status, stdout]).toEqual([1, 'no such table\n']);
    expect(stderr).toMatch(/^the schema was not ready within 0s: \/bin\/sh -c/);
  });

  test('hands arguments on as they are', () => {
    const { stdout } = wait(0, 'printf', '[%s]\\n', 'a b', '$HOME; "c"');
    expect(stdout).toBe('the schema is ready\n');
    expect(wait(0, 'test', 'a b', '=', 'a b').status).toBe(0);
  });
});
