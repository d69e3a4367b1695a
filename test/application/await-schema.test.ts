import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { applicationPod, awaitSchemaScript } from '../../lib/application';
import { container } from '../../lib/kubernetes/container';
import type { System } from '../../lib/model/schema/system';
import { serviceOf, shop, shopPlan } from './fixture';

/** Runs the script as its container does: the time-out in seconds, then the command. */
function wait(limit: number, ...command: string[]) {
  return spawnSync('/bin/sh', ['-c', awaitSchemaScript, 'await-schema', String(limit), ...command], {
    encoding: 'utf8',
  });
}

describe('The wait for the schema', () => {
  test('ends at once when the schema is ready', () => {
    const { status, stdout } = wait(30, 'true');
    expect([status, stdout]).toEqual([0, 'the schema is ready\n']);
  });

  test('goes on until the schema is ready, and says a reason once', () => {
    const folder = mkdtempSync(join(tmpdir(), 'await-schema-'));
    const script = 'echo "two migrations are missing"; test -e "$0/first" && exit 0; touch "$0/first"; exit 1';
    try {
      const { status, stdout } = wait(30, '/bin/sh', '-c', script, folder);
      expect([status, stdout]).toEqual([0, 'two migrations are missing\nthe schema is ready\n']);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('fails at its time-out, with what the command said', () => {
    const { status, stdout, stderr } = wait(0, '/bin/sh', '-c', 'echo "no such table" >&2; exit 3');
    expect([status, stdout]).toEqual([1, 'no such table\n']);
    expect(stderr).toMatch(/^the schema was not ready within 0s: \/bin\/sh -c/);
  });

  test('hands arguments on as they are', () => {
    const { stdout } = wait(0, 'printf', '[%s]\\n', 'a b', '$HOME; "c"');
    expect(stdout).toBe('the schema is ready\n');
    expect(wait(0, 'test', 'a b', '=', 'a b').status).toBe(0);
  });
});

describe('The wait for a schema that another image makes', () => {
  const secrets: System['secrets'] = {
    signing: { class: 'generated', description: 'Signs' },
    other: { class: 'generated', description: 'Is not read' },
  };
  const { backend, worker } = shop.services;
  if (backend?.migrations === undefined || worker === undefined) throw new Error('the fixture migrates');
  const plan = shopPlan({
    system: {
      images: { ...shop.images, jobs: { own: 'shop/jobs:1.0.0' } },
      secrets,
      services: {
        ...shop.services,
        backend: {
          ...backend,
          user: 1001,
          secrets: { SIGNING: 'signing', OTHER: 'other' },
          migrations: { ...backend.migrations, reads: ['SIGNING', 'RABBITMQ_URL'] },
        },
        worker: { ...worker, image: 'jobs' },
      },
    },
  });
  const service = serviceOf(plan, 'worker');
  const pod = applicationPod({ plan, service, claims: new Map() });
  const props = pod.initContainers?.find(({ name }) => name === 'await-schema-db');
  if (props === undefined) throw new Error('no wait');

  test('runs the ready command in the owner’s image, as that image’s user, with its settings', () => {
    const made = container(plan, props);
    expect(made.image).toBe('registry.example.com/shop/backend:1.0.0');
    expect(made.command?.slice(3)).toEqual(['await-schema', '400', 'migrate', '--check']);
    expect(made.securityContext).toMatchObject({ runAsUser: 1001, runAsGroup: 1001, readOnlyRootFilesystem: true });
    expect(made.envFrom).toEqual([{ configMapRef: { name: 'backend' } }]);
    expect(Object.keys(pod.checksums ?? {})).toContain('schema-db');
  });

  test('has the role of its own image, what the command reads, and what that is made of', () => {
    expect(props.env?.map((item) => [item.name, 'secret' in item ? item.secret : ''])).toEqual([
      ['SIGNING', 'signing'],
      ['QUEUE_PASSWORD', 'queue-jobs'],
      ['RABBITMQ_URL', ''],
      ['DB_PASSWORD', 'db-jobs'],
      ['DATABASE_URL', ''],
    ]);
  });

  test('comes after the waits for its stores, and is counted in the time of the start and in the disk', () => {
    expect(pod.initContainers?.map(({ name }) => name)).toEqual(['wait-for-db', 'wait-for-queue', 'await-schema-db']);
    const scratch = props.scratch?.reduce((sum, { size }) => sum + size, 0) ?? 0;
    expect(service.resources.ephemeral).toBe(64 + 64 + scratch);
  });

  test('is none where the owner is switched off or migrates nothing', () => {
    const { migrations: _, ...quiet } = backend;
    const without = shopPlan({
      system: {
        images: { ...shop.images, jobs: { own: 'shop/jobs:1.0.0' } },
        services: { ...shop.services, backend: quiet, worker: { ...worker, image: 'jobs' } },
      },
    });
    const [wait] = serviceOf(without, 'worker').waits;
    expect(serviceOf(without, 'worker').otherSchemas).toEqual([]);
    expect(wait?.login).toMatchObject({ user: 'jobs' });
  });
});
