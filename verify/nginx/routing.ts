/** Which upstream a path reaches, and which none. */
import type { Bench } from './bench';
import { all, ask, raw } from './client';
import type { Heard } from './upstream';

async function reached(bench: Bench, path: string): Promise<string> {
  const answer = await ask(bench.pod.http, { path });
  if (answer.status !== 200) return String(answer.status);
  if (!answer.body.startsWith('{')) return `file ${answer.body.trim()}`;
  const heard = JSON.parse(answer.body) as Heard;
  return `${heard.who} ${heard.url}`;
}

const routes: readonly (readonly [string, string])[] = [
  ['/', 'frontend /'],
  ['/anything', 'frontend /anything'],
  ['/api', 'backend /api'],
  ['/api/', 'backend /api/'],
  ['/api/users?page=2', 'backend /api/users?page=2'],
  ['/apix', 'frontend /apix'],
  ['/API/users', 'frontend /API/users'],
  ['/exact', 'backend /exact'],
  ['/exact/', 'frontend /exact/'],
  ['/exact/more', 'frontend /exact/more'],
  ['/ws', 'backend /ws'],
  ['/wsx', 'frontend /wsx'],
  ['/health', 'file ok'],
  ['/livez', 'file ok'],
  ['/readyz', 'file ok'],
  ['/healthy', 'frontend /healthy'],
  ['/app/', 'file index'],
  ['/app/any/page', 'file index'],
  ['/app/page.txt', 'file page'],
  ['/app/.env', '404'],
  ['/app/.git/config', '404'],
  ['/assets/a.txt', 'file hashed'],
  ['/assets/gone.txt', '404'],
];

/** Encoded letters mean the same letter; everything that could be read in two ways is refused. */
const hostile: readonly (readonly [string, string])[] = [
  ['/%61pi/x', 'backend /%61pi/x'],
  ['/api/a%2fb', 'backend /api/a%2fb'],
  ['/api/a%20b', 'backend /api/a%20b'],
  ['/api/..hidden', 'backend /api/..hidden'],
  ['/api/x?next=/../y', 'backend /api/x?next=/../y'],
  ['/api/../x', '400'],
  ['/api/%2e%2e/x', '400'],
  ['/api/.%2E/x', '400'],
  ['/api/%2e/x', '400'],
  ['/api/..%2fx', '400'],
  ['/api%2f..%2fx', '400'],
  ['/api/..\\x', '400'],
  ['/api/..%5cx', '400'],
  ['/metrics//../api/x', '400'],
  ['/../../etc/passwd', '400'],
  ['/app/../../etc/passwd', '400'],
  ['/app/%2e%2e/%2e%2e/etc/passwd', '400'],
  ['//api/x', '400'],
  ['/%2fapi/x', '400'],
  ['/api\\x', '400'],
  ['/api/a%5cb', 'backend /api/a%5cb'],
  ['/api/x?next=a\\b', 'backend /api/x?next=a\\b'],
  ['/api/..;/x', '400'],
  ['/api/%2e%2e%3bv=1/x', '400'],
  ['/api/x;v=1', 'backend /api/x;v=1'],
  ['/api/%252e%252e/x', 'backend /api/%252e%252e/x'],
  ['/api/%00', '400'],
  ['/%0d%0aapi/x', '400'],
  ['/api/x%7f', '400'],
  ['/api/x?next=%0d%0a', 'backend /api/x?next=%0d%0a'],
];

/** Two readings of where a request ends: nginx must answer 400, or treat all of it as one request. */
const smuggled: readonly (readonly [string, string])[] = [
  ['two lengths', 'POST /api/x HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 30\r\n\r\nabc'],
  [
    'length and chunked',
    'POST /api/x HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  ],
  ['unknown coding', 'POST /api/x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n'],
  ['space before colon', 'POST /api/x HTTP/1.1\r\nHost: a\r\nContent-Length : 3\r\n\r\nabc'],
  ['two hosts', 'GET /api/x HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n'],
];

export async function routing(bench: Bench): Promise<void> {
  const { checks, pod } = bench;
  for (const [path, wanted] of [...routes, ...hostile]) checks.equal(path, await reached(bench, path), wanted);
  for (const [title, bytes] of smuggled) {
    const text = await raw(pod.http, bytes, false, 2);
    const refusedOrAlone = /^HTTP\/1.1 (400|501)/.test(text) && text.split('HTTP/1.1 ').length === 2;
    checks.ok(`refused: ${title}`, refusedOrAlone, text);
  }
  for (const method of ['DELETE', 'PUT', 'TRACE']) {
    const answer = await ask(pod.http, { method, path: '/api/x' });
    checks.equal(`${method} answers 405`, answer.status, 405);
  }
  checks.equal('405 says what is allowed', all(await ask(pod.http, { method: 'PUT', path: '/' }), 'allow'), [
    'GET, HEAD, POST',
  ]);
}
