/**
 * The generated nginx configuration in a real nginx, on loopback, with real upstreams. Run it by itself:
 * `node --import tsx verify/nginx/run.ts`, or with the names of some groups. Each check is printed; the exit status is 1
 * when one failed.
 */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { agreement } from './agreement';
import { type Bench, names } from './bench';
import { findNginx } from './binary';
import { Checks } from './checks';
import { ask } from './client';
import { connections } from './connections';
import { startNameServer } from './dns';
import { failures } from './failures';
import { headers } from './headers';
import { hostile } from './hostile';
import { idleSockets } from './idle';
import { limits } from './limits';
import { load } from './load';
import { oneRoute } from './one-route';
import { startPod } from './pod';
import { rates } from './rates';
import { rolling } from './rolling';
import { routing } from './routing';
import { selfSigned } from './self-signed';
import { streams } from './streams';
import { planOf } from './system';
import { systems } from './systems';
import { tls } from './tls';
import { type Heard, startUpstream, type Upstream } from './upstream';

/** The files that an image with a built application would have. */
function staticFiles(): string {
  const root = mkdtempSync(join(tmpdir(), 'keelson-root-'));
  for (const folder of ['app/.git', 'assets']) mkdirSync(join(root, folder), { recursive: true });
  const files = {
    'app/index.html': 'index',
    'app/page.txt': 'page',
    'app/.env': 'no',
    'app/.git/config': 'no',
    'assets/a.txt': 'hashed',
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(root, name), `${text}\n`);
  writeFileSync(join(root, 'assets/a.txt.gz'), gzipSync('hashed\n'));
  writeFileSync(join(root, 'assets/a.txt.br'), brotliCompressSync('hashed\n'));
  chmodSync(root, 0o755);
  return root;
}

async function start(checks: Checks): Promise<Bench> {
  const nginx = await findNginx();
  console.log(`nginx ${nginx.version}${nginx.modules === undefined ? '' : ' with Brotli'}`);
  const dns = await startNameServer();
  const noted: Heard[] = [];
  const upstream = (who: string): Promise<Upstream> => startUpstream(who, 0, '127.0.0.1', noted);
  const [backend, frontend] = [await upstream('backend'), await upstream('frontend')];
  const ports = { backend: backend.port, frontend: frontend.port };
  for (const name of Object.values(names)) dns.records.set(name, '127.0.0.1');
  const root = staticFiles();
  const pod = await startPod({ plan: planOf(ports, root, 'ingress', ['127.0.0.1/32']), nginx, dns });
  for (let tries = 0; tries < 50 && (await ask(pod.http, { path: '/api/x' })).status !== 200; tries += 1)
    await sleep(100);
  const heard = (): readonly Heard[] => noted;
  return { checks, nginx, dns, pod, ports, root, heard };
}

type Group = (bench: Bench) => Promise<void>;

const groups: Readonly<Record<string, Group>> = {
  systems,
  routing,
  hostile,
  headers,
  connections,
  limits,
  rates,
  streams,
  failures,
  rolling,
  tls,
  selfSigned,
  agreement,
  oneRoute,
  load,
};

/** What takes minutes of silence begins first and ends last. */
const besides: Readonly<Record<string, (bench: Bench) => Promise<() => Promise<void>>>> = { idle: idleSockets };

/** @throws Error for a name that is none */
function chosen(names: readonly string[]): ReadonlySet<string> {
  const all = [...Object.keys(groups), ...Object.keys(besides)];
  const unknown = names.find((name) => !all.includes(name));
  if (unknown !== undefined) throw new Error(`There is no group "${unknown}"; there are ${all.join(', ')}`);
  return new Set(names.length ? names : all);
}

async function main(): Promise<void> {
  const wanted = chosen(process.argv.slice(2));
  const checks = new Checks();
  const bench = await start(checks);
  const ends: [string, () => Promise<void>][] = [];
  for (const [title, begin] of Object.entries(besides)) if (wanted.has(title)) ends.push([title, await begin(bench)]);
  for (const [title, work] of Object.entries(groups)) {
    if (wanted.has(title)) await checks.group(title, () => work(bench));
  }
  for (const [title, end] of ends) await checks.group(title, end);
  await bench.pod.stop();
  rmSync(bench.root, { recursive: true });
  console.log(`\n${checks.passed} checks passed, ${checks.failed} failed`);
  process.exit(checks.failed === 0 ? 0 : 1);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
