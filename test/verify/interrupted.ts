/** A run of `make verify` in small: a server that never ends by itself, its files, and work that goes on. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scratchFolder } from '../../verify/kit/scratch';
import { freePorts } from '../../verify/servers/ports';
import { startServer } from '../../verify/servers/process';

/** Its child would outlive a server that is ended alone. */
const PROGRAM = `
  const child = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => 0, 1000)']);
  require('node:http').createServer((_, answer) => answer.end(process.pid + ' ' + child.pid)).listen(process.argv[1], '127.0.0.1');
`;

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
  console.log(`${folder} ${await (await fetch(address)).text()}`);
  setInterval(() => undefined, 1000); // the work that is interrupted
}

void main();
