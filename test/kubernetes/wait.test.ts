import { spawn, spawnSync } from 'node:child_process';
import { awaitSchemaScript } from '../../lib/application/await-schema';
import { loginScript, waitScript } from '../../lib/kubernetes/wait';

/** Runs a script of an init container in a real shell, and tells it to end while it still waits. */
function ended(script: string, args: readonly string[]): Promise<{ status: number | null; signal: string | null }> {
  const shell = spawn('/bin/sh', ['-c', script, 'wait', ...args], { stdio: 'ignore' });
  setTimeout(() => shell.kill('SIGTERM'), 500);
  return new Promise((resolve) => shell.on('exit', (status, signal) => resolve({ status, signal })));
}

// The kernel keeps a signal without a handler from the first process of a container: a shell that it kills had none.
test.each([
  ['a port', waitScript, ['127.0.0.1', '1', '60', 'fail']],
  ['a log-in', loginScript, ['127.0.0.1', '1', '60', 'shop', 'shop']],
  ['a schema', awaitSchemaScript, ['60', 'false']],
])('The wait for %s hears SIGTERM', async (_, script, args) => {
  expect(await ended(script, args)).toEqual({ status: 143, signal: null });
});

describe('At its time-out', () => {
  /** Nothing listens on port 1, so that the time-out is all that ends it. */
  function waited(script: string, args: readonly string[]): { status: number | null; said: string } {
    const { status, stderr } = spawnSync('/bin/sh', ['-c', script, 'wait', ...args], { encoding: 'utf8' });
    return { status, said: stderr };
  }

  const nobody = ['127.0.0.1', '1'];

  test.each(['0', '1'])('a wait for a service goes on, and one for a store fails, after %s s', (timeout) => {
    const said = `127.0.0.1:1 did not answer within ${timeout}s\n`;
    expect(waited(waitScript, [...nobody, timeout, 'go-on'])).toEqual({ status: 0, said });
    expect(waited(waitScript, [...nobody, timeout, 'fail'])).toEqual({ status: 1, said });
  });

  test('a wait for a log-in fails', () => {
    const { status, said } = waited(loginScript, [...nobody, '0', 'shop', 'backend']);
    expect(status).toBe(1);
    expect(said).toContain('backend could not log in to shop at 127.0.0.1:1 within 0s\n');
  });

  test('a wait for a schema fails', () => {
    expect(waited(awaitSchemaScript, ['0', 'false'])).toEqual({
      status: 1,
      said: 'the schema was not ready within 0s: false\n',
    });
  });
});
