/**
 * The Plan's sum of connections on a server that grants exactly that: every one of them can be opened, one more is
 * refused, and the operator still gets in.
 */
import { strict as assert } from 'node:assert';
import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { planOf } from '../../lib/choice';
import type { PostgresPlan } from '../../lib/model/plan';
import { workspace } from '../manifests/sets';
import { PostgresServer } from './server';

/** A database with several applications, at its largest. */
const chosen = { system: 'microservices', environment: 'production', tier: 'high' };
const password = '0123456789abcdef';

function plannedStore(): PostgresPlan {
  const { plan } = planOf(workspace, chosen);
  const store = plan?.stores.find(({ kind }) => kind === 'postgres');
  if (store?.kind !== 'postgres') throw new Error(`${chosen.system} has no PostgreSQL`);
  return store;
}

/** A session that stays. */
function open(server: PostgresServer, role: string, database: string): ChildProcess {
  const target = `host=127.0.0.1 port=${server.port} user=${role} dbname=${database}`;
  const env = { ...process.env, PGPASSWORD: password };
  return spawn('psql', ['-X', '-w', '-q', '-d', target, '-c', 'SELECT pg_sleep(600)'], { stdio: 'ignore', env });
}

export async function connections(): Promise<void> {
  const { budget, roles, database } = plannedStore();
  const names = roles.filter(({ monitor }) => !monitor).map(({ name }) => name);
  const server = await PostgresServer.start(undefined, budget.total);
  const sessions: ChildProcess[] = [];
  try {
    const passwords = Object.fromEntries(names.map((name) => [name, password]));
    const made = await server.reconcile({ database, passwords });
    assert.equal(made.status, 0, made.stderr);
    const applications = budget.total - budget.reserved;
    for (let index = 0; index < applications; index += 1)
      sessions.push(open(server, names[index % names.length] ?? '', database));
    const opened = `SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%'`;
    for (let tries = 0; (await server.admin(opened)) !== String(applications); tries += 1) {
      assert.ok(tries < 100, `${await server.admin(opened)} of ${applications} connections`);
      // The roles Job's last connection may still have been there when the last session came.
      for (const [index, { exitCode }] of sessions.entries())
        if (exitCode !== null) sessions[index] = open(server, names[index % names.length] ?? '', database);
      await sleep(200);
    }
    const [name = ''] = names;
    const more = await server.as(name, password, 'SELECT 1', database);
    assert.match(more.stderr, /remaining connection slots are reserved|too many clients/);
    assert.equal(await server.admin('SHOW max_connections'), String(budget.total));
    console.log(
      `ok  ${applications} connections of applications and Jobs, ${budget.reserved} for the operator, and no more`,
    );
  } finally {
    for (const session of sessions) session.kill('SIGKILL');
    await server.stop();
  }
}
