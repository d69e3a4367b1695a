/** A run of `make verify` in small: a server that never ends by itself, its files, a suite, and work that goes on. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { run } from '../../verify/kit/command';
import { scratchFolder } from '../../verify/kit/scratch';
import { freePorts } from '../../verify/servers/ports';
import { startServer } from '../../verify/servers/process';

/** Its child would outlive a server that is ended alone. */
const PROGRAM = `
  const child = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => 0, 1000)']);
  require('node:http').createServer((_, answer) => answer.end(process.pid + ' ' + child.pid)).listen(process.argv[1], '127.0.0.1');
`;

/** A program that goes on for long, as a component's suite does: its process. */
async function suite(folder: string): Promise<string> {
  const file = join(folder, 'suite');
  const script = 'echo $$ > "$1.new" && mv "$1.new" "$1" && exec sleep 1000';
  void run('sh', ['-c', script, 'sh', file], { timeoutSeconds: 1000, endsWithThisRun: true });
  while (!existsSync(file)) await sleep(50);
  return readFileSync(file, 'utf8').trim();
}

async function main(): Promise<void> {
  const folder = scratchFolder('interrupted');
  const [port = 0] = await freePorts(1);
  const address = `http://127.0.0.1:${port}`;
  writeFileSync(join(folder, 'data'), 'of the server');
  await startServer({
    name: 'a server',
    program: process.execPath,
    args: ['-e', PROGRAM, String(port)],
    log: join(folder, 'log'),
    isReady: async () => (await fetch(address)).ok,
  });
  const server = await (await fetch(address)).text();
  console.log(`${folder} ${server} ${await suite(folder)}`);
  setInterval(() => undefined, 1000); // the work that is interrupted
}

void main();
