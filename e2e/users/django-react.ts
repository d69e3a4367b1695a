import { createHash, randomBytes } from 'node:crypto';
import { until } from '../cluster/until';
import { expect } from '../stage';
import type { Client } from './client';
import type { Upload, User } from './user';

const API = '/api/v1';

async function result(client: Client, job: string): Promise<string | null> {
  const { body } = await client.must(200, 'GET', `${API}/jobs/${job}/`);
  return (JSON.parse(body) as { result: string | null }).result;
}

async function submit(client: Client, mark: string): Promise<string> {
  const { body } = await client.must(202, 'POST', `${API}/jobs/`, JSON.stringify({ word: mark }));
  return String((JSON.parse(body) as { id: number }).id);
}

async function write(client: Client, mark: string): Promise<void> {
  await client.must(201, 'POST', `${API}/notes/`, JSON.stringify({ text: mark }));
}

async function upload(client: Client, mark: string, content = mark): Promise<Upload> {
  const { body } = await client.must(201, 'PUT', `${API}/files/${mark}.txt`, content);
  return { path: (JSON.parse(body) as { url: string }).url, content };
}

/** @throws Error when the answer says neither that it is there nor that it is not */
async function isThere(client: Client, { path, content }: Upload): Promise<boolean> {
  const { status, body } = await client.send('GET', path);
  expect(status === 200 || status === 404, `GET ${path}: ${status}`);
  return status === 200 && body === content;
}

async function missing(client: Client, marks: readonly string[], uploads: readonly Upload[] = []): Promise<string[]> {
  const { body } = await client.must(200, 'GET', `${API}/notes/`);
  const there = new Set(JSON.parse(body) as string[]);
  const gone: string[] = [];
  for (const file of uploads) if (!(await isThere(client, file))) gone.push(file.path);
  return [...marks.filter((mark) => !there.has(mark)), ...gone];
}

async function session(client: Client): Promise<string[]> {
  const page = await client.must(200, 'GET', '/');
  const script = /src="(?<path>[^"]+)"/.exec(page.body)?.groups?.['path'] ?? '';
  expect(page.headers['x-frame-options'] === 'DENY', 'The page has no X-Frame-Options');
  await client.must(200, 'GET', script);
  const configuration = JSON.parse((await client.must(200, 'GET', `${API}/config/frontend/`)).body) as { api: string };
  expect(configuration.api === API, 'The runtime configuration names another API');
  await client.must(200, 'GET', '/static/shop/style.css');
  await client.must(200, 'GET', '/admin/');

  const mark = `session-${randomBytes(6).toString('hex')}`;
  await write(client, mark);
  expect((await missing(client, [mark])).length === 0, 'The note that was written cannot be read');
  const file = await upload(client, mark, randomBytes(200_000).toString('base64'));
  expect((await missing(client, [], [file])).length === 0, 'The downloaded file is another one');

  const job = await submit(client, mark);
  const done = await until('the Celery job is done', 60, async () => (await result(client, job)) ?? undefined);
  expect(done === createHash('sha256').update(mark).digest('hex'), 'The Celery job has a wrong result');
  const ticks = async (): Promise<number> =>
    (JSON.parse((await client.must(200, 'GET', `${API}/ticks/`)).body) as { count: number }).count;
  const before = await ticks();
  await until('beat hands out its periodic task', 90, async () => (await ticks()) > before);
  return ['page', 'API call that writes and reads', 'upload and download', 'Celery job done', 'periodic task done'];
}

/** In each store what no other one has: a note in the database, a file on the volume, a draft in Redis. */
async function leave(client: Client): Promise<(client: Client) => Promise<void>> {
  const mark = `kept-${randomBytes(6).toString('hex')}`;
  await write(client, mark);
  const file = await upload(client, mark);
  const draft = `${API}/drafts/${mark}/`;
  await client.must(204, 'PUT', draft, mark);
  return async (later) => {
    const gone = await missing(later, [mark], [file]);
    expect(gone.length === 0, `The note or the file of before is gone: ${gone.join(', ')}`);
    expect((await later.must(200, 'GET', draft)).body === mark, 'The draft of before is another one');
  };
}

async function states(client: Client): Promise<{ done: Set<string>; late: Set<string> }> {
  const { body } = await client.must(200, 'GET', `${API}/jobs/`);
  const { done, late } = JSON.parse(body) as { done: number[]; late: number[] };
  return { done: new Set(done.map(String)), late: new Set(late.map(String)) };
}

/** Celery writes a task's arguments into the message's head, as Python shows them. */
function isMessageOf(message: string, job: string): boolean {
  const { headers } = JSON.parse(message) as { headers: { task: string; argsrepr: string } };
  return headers.task === 'shop.tasks.work' && headers.argsrepr === `(${job},)`;
}

const plain = ['/', `${API}/config/frontend/`, '/static/shop/style.css'];

export const user: User = {
  order: [['db', 'redis'], ['backend-migrate'], ['backend'], ['frontend'], ['proxy']],
  session,
  reads: [...plain, `${API}/notes/`],
  plain,
  lasting: ['/'],
  leave,
  write,
  upload,
  submit,
  missing,
  undone: async (client, jobs) => {
    const { done } = await states(client);
    return jobs.filter((job) => !done.has(job));
  },
  late: async (client, jobs) => {
    const { late } = await states(client);
    return jobs.filter((job) => late.has(job));
  },
  isMessageOf,
  nextMigration: {
    path: '/app/shop/migrations/0002_next.py',
    text: `from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0001_initial")]
    operations = []
`,
  },
  burn: { path: `${API}/burn/`, service: 'backend', seconds: 0.1 },
  release: {
    frontend: 'registry.e2e.test/django-react/frontend:1.0.1',
    backend: 'registry.e2e.test/django-react/backend:1.0.1',
  },
};
