/**
 * What goes into the manifests for PostgreSQL, in real servers on loopback: PostgreSQL 15 and PgBouncer of Debian.
 * `node --import tsx verify/postgres/run.ts [SUITE …]`; exits 1 when a check fails.
 */
import { ensureDebianPackage } from '../kit/debian';
import { connections } from './connections';
import { encryption } from './encryption';
import { fullDisk } from './full-disk';
import { pooler } from './pooler';
import { procedures } from './procedures';
import { replication } from './replication';
import { roles } from './roles';
import { transition } from './transition';

const suites: Readonly<Record<string, () => Promise<void>>> = {
  roles,
  connections,
  encryption,
  transition,
  pooler,
  'full-disk': fullDisk,
  replication,
  procedures,
};

async function main(): Promise<void> {
  await ensureDebianPackage({ package: 'postgresql-15', program: '/usr/lib/postgresql/15/bin/postgres' });
  await ensureDebianPackage({ package: 'pgbouncer', program: '/usr/sbin/pgbouncer' });
  const wanted = process.argv.slice(2);
  for (const name of wanted.length ? wanted : Object.keys(suites)) {
    const suite = suites[name];
    if (suite === undefined) throw new Error(`There is no suite ${name}: one of ${Object.keys(suites).join(', ')}`);
    await suite();
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
