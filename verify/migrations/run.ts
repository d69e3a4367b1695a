/**
 * The commands of the systems' migrations in the real Alembic and Django of Debian: each release against the schema before it,
 * its own and the one after it, as a rollback finds it. Prisma is not here: its engines come from a server of their own.
 * `node --import tsx verify/migrations/run.ts`; exits 1 when a check fails.
 */
import { strict as assert } from 'node:assert';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { awaitSchemaScript } from '../../lib/application';
import type { MigrationPlan } from '../../lib/model/plan';
import { combinations, planFor } from '../../test/synthesis/combinations';
import { run } from '../kit/command';
import { ensureDebianPackage } from '../kit/debian';
import { scratchFolder } from '../kit/scratch';
import { type Framework, image, programs } from './images';

/** By a word of its commands. */
const words: Readonly<Record<Framework, string>> = { alembic: 'alembic', django: 'manage.py' };

/** Every migration of production that a framework here runs, by what it runs: two systems may say the same. */
function migrations(): Map<string, readonly [Framework, string, MigrationPlan]> {
  const plans = combinations
    .filter(({ environment, tier }) => environment === 'production' && tier === 'medium')
    .map(planFor);
  const all = plans.flatMap(({ system, services }) =>
    services.flatMap(({ migration }) => (migration ? [[system.id, migration] as const] : [])),
  );
  return new Map(
    all.flatMap(([system, migration]) =>
      (['alembic', 'django'] as const)
        .filter((framework) => migration.ready.join(' ').includes(words[framework]))
        .map((framework) => [
          [...migration.run, ...migration.ready].join(' '),
          [framework, system, migration] as const,
        ]),
    ),
  );
}

/** A release beside a database. */
class Release {
  constructor(
    private readonly folder: string,
    private readonly path: string,
    private readonly migration: MigrationPlan,
  ) {}

  async run(database: string, command: readonly string[] = this.migration.run): Promise<number> {
    const [program = '', ...args] = command;
    const env = {
      PATH: `${this.path}:/usr/bin:/bin`,
      PYTHONDONTWRITEBYTECODE: '1',
      DATABASE_FILE: database,
      DATABASE_URL: `sqlite:///${database}`,
    };
    // `env` looks the program up where the image has it.
    return (await run('env', ['--', program, ...args], { cwd: this.folder, env })).status;
  }

  /** As the init container asks: once, because the time-out is over at once. */
  ready(database: string): Promise<number> {
    return this.run(database, ['/bin/sh', '-c', awaitSchemaScript, 'await-schema', '0', ...this.migration.ready]);
  }
}

async function rollOut(first: Release, next: Release, database: string): Promise<void> {
  const state = async (): Promise<string> => `${await first.ready(database)} ${await next.ready(database)}`;
  assert.equal(await state(), '1 1', 'before the first migration nobody starts');
  assert.equal(await first.run(database), 0, 'the first release migrates');
  assert.equal(await state(), '0 1', 'the next release waits while the schema is the older one');
  assert.equal(await first.run(database), 0, 'the same migration runs twice');
  assert.equal(await next.run(database), 0, 'the next release migrates');
  assert.equal(await state(), '0 0', 'a rollback finds the newer schema ready');
  assert.equal(await first.run(database), 0, "a rollback's own migration passes");
  assert.equal(await state(), '0 0', 'and leaves the newer schema as it is');
}

async function main(): Promise<void> {
  await ensureDebianPackage({ package: 'python3-alembic', program: '/usr/lib/python3/dist-packages/alembic' });
  await ensureDebianPackage({ package: 'python3-django', program: '/usr/lib/python3/dist-packages/django' });
  const folder = scratchFolder('migrations');
  mkdirSync(join(folder, 'bin'));
  const path = programs(join(folder, 'bin'));
  const found = new Set<Framework>();
  for (const [framework, system, migration] of migrations().values()) {
    const release = (count: number): Release =>
      new Release(image(join(folder, `${system}-${count}`), framework, count), path, migration);
    await rollOut(release(1), release(2), join(folder, `${system}.db`));
    console.log(`ok   ${system}: ${migration.name} by ${framework}, forwards and back`);
    found.add(framework);
    if (framework !== 'alembic') continue;
    // Why the script asks first: the program itself refuses what it does not know.
    const refused = await release(1).run(join(folder, `${system}.db`), ['alembic', 'upgrade', 'head']);
    assert.notEqual(refused, 0, 'Alembic alone would take a newer schema, and the script could go');
    console.log(`ok   ${system}: Alembic alone refuses a newer schema`);
  }
  assert.deepEqual([...found].sort(), Object.keys(words), 'every framework has a system');
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
