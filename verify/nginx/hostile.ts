/**
 * Requests that two programs could read differently. Whoever answers must be the one whom the route table names for every
 * way to read the path, and an upstream must never hear a request that nginx did not see as one.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { written } from '../../test/edge/answer';
import { answerByIngress } from '../../test/edge/ingress';
import { edgePatch, planWith, rendered, withoutProxy } from '../../test/edge/renderings';
import { type Running, runSystem } from './agreement';
import type { Bench } from './bench';
import { ask, raw } from './client';
import type { Heard } from './upstream';

/** The same numbers in each run. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}

/** Elements of paths, and everything that has ever ended one. */
const pieces = [
  ...['/', '/', '/', '//', '%2f', '%2F', '\\', '%5c', '%5C', ';', '%3b', '?', '#', '%23', '%3f'],
  ...['.', '..', '..', '%2e', '%2E%2e', '.%2e', '...', '%252e%252e', '%c0%af', '%00', '%0d%0a', '%20', '+', '~', '%'],
  ...['api', 'API', 'admin', 'Admin', '%61dmin', 'static', 'media', 'student', 'teacher', 'ws', 'files', 'x', 'é'],
];

function paths(count: number): string[] {
  const roll = dice(7);
  return Array.from({ length: count }, () => {
    const length = 2 + roll(9);
    return `/${Array.from({ length }, () => pieces[roll(pieces.length)]).join('')}`;
  });
}

/** Byte by byte: not every upstream minds whether they are UTF-8. */
function decoded(path: string): string {
  return path.replace(/%([0-9a-f]{2})/gi, (_, byte: string) => String.fromCharCode(Number.parseInt(byte, 16)));
}

/** Dots resolved, slashes merged, and a backslash taken for one: as a browser does. */
function resolved(path: string): string {
  return new URL(`http://host${path.replace(/[\\/]+/g, '/')}`).pathname;
}

/** The same of a path that is decoded already: what was encoded is no separator any more, but a slash and dots are. */
function resolvedText(path: string): string {
  return decoded(resolved(path.replace(/[\\?#%]/g, encodeURIComponent)));
}

/** How upstreams read a path: as a browser does, or decoded first. */
function readings(url: string): string[] {
  const [path = ''] = url.split(/[?#]/);
  return [decoded(resolved(path)), resolvedText(decoded(path))];
}

/** Whoever is reached is who the table names, whichever way the path is read. */
async function reached({ checks }: Bench, running: Running, count: number): Promise<void> {
  const { plan, pod, host } = running;
  const ingress = rendered(
    withoutProxy(planWith(plan.system.id, 'production', edgePatch(plan.system.id, 'ingress'))),
  )[0];
  const wrong: string[] = [];
  let answered = 0;
  for (const path of paths(count)) {
    const headers = { Host: host, 'X-Forwarded-For': '198.51.100.77', 'X-Forwarded-Proto': 'https' };
    const { status, body } = await ask(pod.http, { path: Buffer.from(path).toString('latin1'), headers });
    if (status !== 200 || !body.startsWith('{')) continue;
    answered += 1;
    const { who, url } = JSON.parse(body) as Heard;
    const named = new Set(readings(url).map((each) => written(answerByIngress(ingress, { host, path: each }))));
    if (named.size > 1 || !named.has(who)) wrong.push(`${path} → ${who} ${url}, named ${[...named].join(' and ')}`);
  }
  checks.equal(`${plan.system.id}: of ${count} odd paths each reaches whom the table names`, wrong.slice(0, 5), []);
  checks.ok(`${plan.system.id}: and many were answered`, answered > count / 10, answered);
}

const hidden = 'GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n';
const head = 'POST /api/x HTTP/1.1\r\nHost: a\r\n';

/** Framings about which programs disagree; each carries a second request where one of the readings ends the first. */
const framings: readonly (readonly [string, string])[] = [
  ['two lengths', `${head}Content-Length: 0\r\nContent-Length: ${hidden.length}\r\n\r\n${hidden}`],
  ['a list of lengths', `${head}Content-Length: 0, ${hidden.length}\r\n\r\n${hidden}`],
  ['a signed length', `${head}Content-Length: +0\r\n\r\n${hidden}`],
  ['a negative length', `${head}Content-Length: -1\r\n\r\n${hidden}`],
  ['a hexadecimal length', `${head}Content-Length: 0x0\r\n\r\n${hidden}`],
  ['a length beyond 64 bits', `${head}Content-Length: 18446744073709551616\r\n\r\n${hidden}`],
  ['length and chunked', `${head}Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${hidden}`],
  ['chunked and length', `${head}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n${hidden}`],
  ['two codings', `${head}Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n${hidden}`],
  ['a list of codings', `${head}Transfer-Encoding: identity, chunked\r\n\r\n0\r\n\r\n${hidden}`],
  ['an unknown coding', `${head}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${hidden}`],
  ['a coding after a tab', `${head}Transfer-Encoding:\tchunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n${hidden}`],
  ['a coding in quotes', `${head}Transfer-Encoding: "chunked"\r\nContent-Length: 0\r\n\r\n${hidden}`],
  ['a coding with a vertical tab', `${head}Transfer-Encoding: \x0bchunked\r\nContent-Length: 0\r\n\r\n${hidden}`],
  ['a folded coding', `${head}Transfer-Encoding:\r\n chunked\r\nContent-Length: 0\r\n\r\n${hidden}`],
  ['a space before the colon', `${head}Content-Length : ${hidden.length}\r\n\r\n${hidden}`],
  ['a coding in HTTP/1.0', `POST /api/x HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${hidden}`],
  [
    'a chunk size beyond 64 bits',
    `${head}Transfer-Encoding: chunked\r\n\r\n10000000000000000\r\n\r\n0\r\n\r\n${hidden}`,
  ],
  ['a negative chunk', `${head}Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n0\r\n\r\n${hidden}`],
  ['a chunk that is too short', `${head}Transfer-Encoding: chunked\r\n\r\n2\r\nabcd\r\n0\r\n\r\n${hidden}`],
  ['a chunk that ends with a line feed', `${head}Transfer-Encoding: chunked\r\n\r\n1;a\nx\n0\r\n\r\n${hidden}`],
  ['a request in a trailer', `${head}Transfer-Encoding: chunked\r\n\r\n0\r\nX: y\r\n${hidden}`],
  ['a lone carriage return in a header', `${head}X: y\rContent-Length: ${hidden.length}\r\n\r\n${hidden}`],
  ['a null byte in a header', `${head}X: y\x00z\r\nContent-Length: ${hidden.length}\r\n\r\n${hidden}`],
  ['a header without a name', `${head}: chunked\r\nContent-Length: ${hidden.length}\r\n\r\n${hidden}`],
  ['two hosts', `GET /api/x HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n`],
  ['a host with a path', `GET /api/x HTTP/1.1\r\nHost: a/hidden\r\n\r\n`],
  ['a line break in the path', `GET /api/x%0d%0aHost:%20b%0d%0a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`],
  ['another host in the request line', `GET http://b/api/x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`],
  [
    'an upgrade to HTTP/2',
    `${head}Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\nContent-Length: 0\r\n\r\n${hidden}`,
  ],
  [
    'an upgrade that is refused',
    `GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: ${hidden.length}\r\n\r\n${hidden}`,
  ],
  ['HTTP/0.9', 'GET /api/x\r\n'],
  ['HTTP/2 without TLS', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['a tunnel', 'CONNECT backend:80 HTTP/1.1\r\nHost: backend:80\r\n\r\n'],
];

/** Each request that an upstream heard carries the id of one line of the access log, and of that one alone. */
async function framed({ checks, pod, heard }: Bench): Promise<void> {
  const before = heard().length;
  for (const [title, bytes] of framings) {
    const text = await raw(pod.http, bytes, false, 1).catch(String);
    checks.ok(`no 5xx, and an end: ${title}`, !/^HTTP\/1.1 5/.test(text) || text.startsWith('HTTP/1.1 501'), text);
  }
  await sleep(500);
  const asked = heard().slice(before);
  const ids = asked.map(({ headers }) => headers['x-request-id'] ?? 'none');
  const log = pod.stdout();
  const unseen = asked.filter((_, index) => !log.includes(`"request_id":"${ids[index]}"`)).map(({ url }) => url);
  checks.equal(`what upstreams heard of ${framings.length} odd framings, nginx saw`, unseen, []);
  checks.equal('each request once', new Set(ids).size, ids.length);
  checks.ok('and some were let through', asked.length > 0, asked.length);
}

export async function hostile(bench: Bench): Promise<void> {
  for (const [system, count] of [
    ['django-react', 1500],
    ['lms', 1500],
  ] as const) {
    const patch = edgePatch(system, 'ingress');
    const running = await runSystem(bench, planWith(system, 'production', patch));
    await reached(bench, running, count);
    await running.stop();
  }
  await framed(bench);
}
