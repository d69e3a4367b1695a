/** What upstreams and browsers are told. */
import type { Bench } from './bench';
import { type Answer, all, ask } from './client';
import type { Heard } from './upstream';

const wanted: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'self'; frame-ancestors 'none'",
  'x-frame-options': 'DENY',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'strict-origin-when-cross-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  'strict-transport-security': 'max-age=31536000',
};

const overTls = { 'X-Forwarded-For': '203.0.113.7', 'X-Forwarded-Proto': 'https' };

/** The page of an error: its number and the request's id, and nothing of what runs. 400 is nginx' own, for it may have no request. */
const errorPage = /^<!doctype html><title>(\d+)<\/title><h1>\1<\/h1><p>Request [0-9a-f]{32}<\/p>\n$/;

/**
 * The security headers stand in an answer once each, with our values; nothing tells the versions of what runs, or what an
 * error is about.
 */
export function securityHeaders(bench: Bench, title: string, answer: Answer): void {
  const found = Object.fromEntries(Object.keys(wanted).map((name) => [name, all(answer, name)]));
  const once = Object.fromEntries(Object.entries(wanted).map(([name, value]) => [name, [value]]));
  bench.checks.equal(`headers once on ${title}`, found, once);
  bench.checks.equal(`no version on ${title}`, [all(answer, 'server'), all(answer, 'x-powered-by')], [['nginx'], []]);
  if (answer.status <= 400) return;
  const [, number] = errorPage.exec(answer.body) ?? [];
  bench.checks.ok(`the page of ${title} has the request's id only`, number === String(answer.status), answer.body);
}

/** Refused by us, and by nginx before it has a request at all. */
async function badRequests(bench: Bench): Promise<void> {
  const { checks, pod } = bench;
  for (const [title, path, headers] of [
    ['an ambiguous path', '/api/../x', overTls],
    ['a header that is none', '/api/x', { ...overTls, 'Content-Length': 'many' }],
  ] as const) {
    const refused = await ask(pod.http, { path, headers });
    checks.equal(`${title} is refused`, refused.status, 400);
    securityHeaders(bench, `400 for ${title}`, refused);
    checks.ok('its page tells no version', !/nginx\/|\d\.\d+/.test(refused.body), refused.body);
  }
}

async function heard(bench: Bench, headers: Record<string, string>): Promise<Record<string, string>> {
  const answer = await ask(bench.pod.http, { path: '/api/x', headers });
  return (JSON.parse(answer.body) as Heard).headers;
}

async function toldUpstream({ checks, ...rest }: Bench): Promise<void> {
  const bench = { checks, ...rest };
  const told = await heard(bench, {
    ...overTls,
    Connection: 'close, Upgrade',
    Upgrade: 'h2c',
    'X-Original-URL': '/admin',
    Forwarded: 'for=1',
  });
  checks.equal(
    'the client behind a trusted proxy',
    [told['x-real-ip'], told['x-forwarded-for']],
    ['203.0.113.7', '203.0.113.7'],
  );
  checks.equal('its scheme', told['x-forwarded-proto'], 'https');
  checks.equal('the host', [told['host'], told['x-forwarded-host']], ['edge.example.org', 'edge.example.org']);
  checks.ok('a request id', /^[0-9a-f]{32}$/.test(told['x-request-id'] ?? ''));
  const unwanted = ['upgrade', 'x-original-url', 'forwarded'].filter((name) => name in told);
  checks.equal("nothing that speaks in a proxy's name", unwanted, []);
  const chain = await heard(bench, { 'X-Forwarded-For': '1.1.1.1, 203.0.113.7, 127.0.0.1' });
  checks.equal('the last address that is no trusted proxy', chain['x-forwarded-for'], '203.0.113.7');
  const port = await heard(bench, { Host: 'localhost:8088' });
  checks.equal('a development address keeps its port', port['host'], 'localhost:8088');
  const scheme = await heard(bench, { 'X-Forwarded-Proto': 'gopher' });
  checks.equal('a scheme that is none', scheme['x-forwarded-proto'], 'http');
}

async function cors({ checks, pod }: Bench): Promise<void> {
  const ofFriend = { Origin: 'https://friend.example', ...overTls };
  const preflight = await ask(pod.http, {
    method: 'OPTIONS',
    path: '/api/x',
    headers: { ...ofFriend, 'Access-Control-Request-Method': 'POST' },
  });
  checks.equal('preflight answers 204 without the upstream', preflight.status, 204);
  checks.equal(
    'preflight of a friend',
    ['origin', 'methods', 'headers'].map((name) => all(preflight, `access-control-allow-${name}`)),
    [['https://friend.example'], ['GET, POST'], ['Authorization']],
  );
  const simple = await ask(pod.http, { path: '/api/x', headers: ofFriend });
  checks.equal('a friend may read', all(simple, 'access-control-allow-origin'), ['https://friend.example']);
  checks.equal('only preflights tell methods', all(simple, 'access-control-allow-methods'), []);
  const stranger = await ask(pod.http, { path: '/api/x', headers: { Origin: 'https://friend.example.evil' } });
  checks.equal('a stranger may not', all(stranger, 'access-control-allow-origin'), []);
}

async function content({ checks, pod }: Bench): Promise<void> {
  const cached = await ask(pod.http, { path: '/cached/a.js' });
  checks.equal("an upstream's hashed file", all(cached, 'cache-control'), ['public, max-age=31536000, immutable']);
  const plain = await ask(pod.http, { path: '/api/x' });
  checks.equal("an upstream's own word on caching", all(plain, 'cache-control'), ['private']);
  const asset = await ask(pod.http, { path: '/assets/a.txt' });
  checks.equal('a hashed file of the image', all(asset, 'cache-control'), ['public, max-age=31536000, immutable']);
  checks.equal(
    'a missing one is not cached',
    all(await ask(pod.http, { path: '/assets/gone.txt' }), 'cache-control'),
    [],
  );
  checks.equal('index.html is asked for again', all(await ask(pod.http, { path: '/app/' }), 'cache-control'), [
    'no-cache',
  ]);
  const encoding = async (path: string, accepted: string): Promise<string[]> =>
    all(await ask(pod.http, { path, headers: { 'Accept-Encoding': accepted } }), 'content-encoding');
  checks.equal('gzip of an answer', await encoding('/api/large', 'gzip'), ['gzip']);
  checks.equal('a precompressed .gz', await encoding('/assets/a.txt', 'gzip'), ['gzip']);
  const brotli = await encoding('/assets/a.txt', 'br');
  if (pod.stderr().includes('no Brotli module')) checks.equal('no Brotli without the module', brotli, []);
  else checks.equal('a precompressed .br', brotli, ['br']);
}

export async function headers(bench: Bench): Promise<void> {
  for (const [path, status] of [
    ['/api/x', 200],
    ['/cached/a.js', 200],
    ['/assets/a.txt', 200],
    ['/api/unchanged', 304],
    ['/assets/gone.txt', 404],
  ] as const) {
    const answer = await ask(bench.pod.http, { path, headers: overTls });
    bench.checks.equal(`${path} answers ${status}`, answer.status, status);
    securityHeaders(bench, String(status), answer);
  }
  const plain = await ask(bench.pod.http, { path: '/api/x' });
  bench.checks.equal('no HSTS without TLS', all(plain, 'strict-transport-security'), []);
  securityHeaders(bench, '405', await ask(bench.pod.http, { method: 'PUT', path: '/', headers: overTls }));
  await badRequests(bench);
  await toldUpstream(bench);
  await cors(bench);
  await content(bench);
}
