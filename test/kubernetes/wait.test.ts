import { spawn } from 'node:child_process';
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
