/**
 * The RabbitMQ start and stop scripts, the configuration and the definitions, as they go into the manifests, against
 * Debian's RabbitMQ 3.10: what newer versions do otherwise (Khepri, discovery by ordinal, members that are added by
 * themselves) it cannot show. `node --import tsx verify/rabbitmq/run.ts`; exits 1 when a check fails.
 */
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../kit/command';
import { ensureDebianPackage } from '../kit/debian';
import { freePorts } from '../servers/ports';
import { cluster } from './cluster';
import { type Ports, programs } from './node';
import { single } from './single';

async function places(count: number): Promise<Ports[]> {
  const [epmd = 0, ...free] = await freePorts(1 + 3 * count);
  return Array.from({ length: count }, (_, index) => {
    const [amqp = 0, metrics = 0, distribution = 0] = free.slice(3 * index);
    return { amqp, metrics, distribution, epmd };
  });
}

async function withPlace(
  count: number,
  check: (folder: string, ports: readonly Ports[]) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'keelson-rabbitmq-'));
  chmodSync(folder, 0o755);
  const ports = await places(count);
  try {
    await check(folder, ports);
  } finally {
    // Erlang's port mapper goes on by itself.
    await run('epmd', ['-kill'], { env: { ERL_EPMD_PORT: String(ports[0]?.epmd) } });
    rmSync(folder, { recursive: true, force: true });
  }
}

async function main(): Promise<void> {
  await ensureDebianPackage({ package: 'rabbitmq-server', program: `${programs}/rabbitmq-server` });
  await ensureDebianPackage({ package: 'amqp-tools', program: 'amqp-publish' });
  await withPlace(1, async (folder, [ports]) => {
    mkdirSync(join(folder, 'node'));
    if (ports) await single(join(folder, 'node'), ports);
  });
  await withPlace(3, cluster);
}

main().catch((error: unknown) => {
  console.error(error);
  // Servers that still run would hold this process.
  process.exit(1);
});
