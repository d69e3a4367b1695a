#!/usr/bin/env node
// Stands in for the program `serve`: the options that the system's file uses, and nothing else.
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';

const types = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css' };
let [single, listen, folder] = [false, '', ''];
const args = process.argv.slice(2);
while (args.length > 0) {
  const word = args.shift();
  if (word === '--single') single = true;
  else if (word === '--listen') listen = args.shift();
  else if (word === '--no-port-switching') continue;
  else if (word.startsWith('-')) throw new Error(`serve: unknown option ${word}`);
  else folder = word;
}

const { hostname, port } = new URL(listen);
const server = createServer((request, response) => {
  const wanted = join(folder, normalize(decodeURIComponent(new URL(request.url, 'http://localhost').pathname)));
  const found = existsSync(wanted) && statSync(wanted).isFile();
  const file = found ? wanted : join(folder, 'index.html');
  if (!found && !single && request.url !== '/') {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, { 'content-type': types[extname(file)] ?? 'application/octet-stream' });
  createReadStream(file).pipe(response);
});
server.listen(Number(port), hostname, () => console.log(`serving ${folder} at ${listen}`));

for (const signal of ['SIGTERM', 'SIGINT']) {
  process.on(signal, () => {
    server.close(() => process.exit(0));
    server.closeIdleConnections();
  });
}
