/** docs/runbooks/full-disk.md: a server whose log finds no room stops, and with more room starts with all it has said yes to. */
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { must } from '../kit/command';
import { PostgresServer } from './server';

/** Three segments of the log: full long before the first checkpoint would free any. */
const small = '48m';
const grown = '1g';

/** Batches of rows, each its own transaction, until one is refused. Returns how many rows the server has said yes to. */
async function fill(server: PostgresServer): Promise<number> {
  const batch = `INSERT INTO items SELECT repeat('x', 1000) FROM generate_series(1, 2000)`;
  for (let rows = 0; rows < 200_000; rows += 2000) {
    const done = await server.admin(batch).then(
      () => true,
      () => false,
    );
    if (!done) return rows;
  }
  throw new Error('the disk was never full');
}

export async function fullDisk(): Promise<void> {
  const server = await PostgresServer.start();
  const disk = `${server.folder}/log-disk`;
  const unmount = (): void => void execFileSync('sh', ['-c', 'umount --lazy "$1" 2>/dev/null || true', 'sh', disk]);
  process.once('exit', unmount);
  try {
    await server.away(async () => {
      const script = `mkdir "$1" && mount -t tmpfs -o size=${small} tmpfs "$1" && cd "$2" && cp -r pg_wal/. "$1" && rm -r pg_wal &&
        ln -s "$1" pg_wal && chown -R -h postgres:postgres "$1" pg_wal && chmod 700 "$1"`;
      await must('sh', ['-c', script, 'sh', disk, `${server.folder}/data`]);
    });
    await server.admin('CREATE TABLE items (filler text)');
    const rows = await fill(server);
    assert.match(server.log(), /PANIC: .*No space left on device/);
    await server.away(() => must('mount', ['-o', `remount,size=${grown}`, disk]).then(() => undefined));
    assert.ok(rows > 0);
    assert.equal(await server.admin('SELECT count(*) FROM items'), String(rows));
    await server.admin(`INSERT INTO items VALUES ('more')`);
    console.log(
      `ok  a server that stopped for want of room starts with more, and has the ${rows} rows it has said yes to`,
    );
  } finally {
    await server.stop(unmount);
    process.off('exit', unmount);
  }
}
