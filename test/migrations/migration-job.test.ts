import { App, Chart } from 'cdk8s';
import { finish } from '../../lib/kubernetes/finish';
import { MigrationJob } from '../../lib/migrations';
import type { MigrationPlan } from '../../lib/model/plan';
import { type Rendered, render, serviceOf, shopPlan } from '../application/fixture';

const plan = shopPlan();
const found = serviceOf(plan, 'backend').migration;
if (found === undefined) throw new Error('the fixture migrates');
const migration: MigrationPlan = found;

const build = (item: MigrationPlan) =>
  render((scope) => new MigrationJob(scope, 'migration', { plan, migration: item }));
const job: Rendered = build(migration).get('Job/backend-migrate');

/** The Job's name after the last step, which adds the hash. */
function finalName(item: MigrationPlan): string {
  const app = new App();
  const chart = new Chart(app, 'test');
  new MigrationJob(chart, 'migration', { plan, migration: item });
  finish(app, plan);
  return (chart.toJson() as Rendered[]).find(({ kind }) => kind === 'Job').metadata.name;
}

describe('A migration Job', () => {
  test('has an account of its own', () => {
    expect([...build(migration).keys()]).toEqual(['ServiceAccount/backend-migrate', 'Job/backend-migrate']);
    expect(job.spec.template.spec.serviceAccountName).toBe('backend-migrate');
  });

  test('runs in the service’s image with its settings, variables and scratch folders', () => {
    const main = job.spec.template.spec.containers[0];
    expect(main).toMatchObject({ image: 'registry.example.com/shop/backend:1.0.0', command: ['migrate'] });
    expect(main.envFrom).toEqual([{ configMapRef: { name: 'backend' } }]);
    expect(main.env.map((item: Rendered) => item.name)).toContain('DATABASE_URL');
    expect(main.volumeMounts.map((mount: Rendered) => mount.mountPath)).toContain('/tmp');
  });

  test('waits for stores and never for a service', () => {
    const service = { ...migration.waits[0], name: 'other', atTimeout: 'go-on' } as MigrationPlan['waits'][number];
    const waits = build({ ...migration, waits: [...migration.waits, service] })
      .get('Job/backend-migrate')
      .spec.template.spec.initContainers.map((item: Rendered) => item.name);
    expect(waits).toEqual(['wait-for-db', 'wait-for-queue']);
  });

  test('may take its own time and that of its waits, and survives some failed pods', () => {
    expect(job.spec.activeDeadlineSeconds).toBe(400 + 300 + 300);
    expect(job.spec.backoffLimit).toBe(4);
    expect(job.spec).not.toHaveProperty('ttlSecondsAfterFinished');
  });

  test('is another Job for another image or configuration, and the same for the same', () => {
    const name = finalName(migration);
    expect(name).toMatch(/^backend-migrate-[0-9a-f]{8}$/);
    expect(finalName({ ...migration })).toBe(name);
    expect(finalName({ ...migration, image: 'registry.example.com/shop/backend:1.0.1' })).not.toBe(name);
    expect(finalName({ ...migration, settings: { MODE: 'test' } })).not.toBe(name);
  });
});
