/**
 * The RabbitMQ start and stop scripts and the configuration of a single node, as they go into the manifests, against
 * Debian's RabbitMQ 3.10: what newer versions do otherwise (Khepri, cluster formation) it cannot show.
 * `node --import tsx verify/rabbitmq/run.ts`; exits 1 when a check fails.
 */
import { strict as assert } from 'node:assert';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { enabledPlugins, serverConfiguration, startScript, stopScript } from '../../lib/rabbitmq';
import { type Outcome, run } from '../kit/command';
import { ensureDebianPackage } from '../kit/debian';
import { freePorts } from '../servers/ports';
import { startServer } from '../servers/process';

const programs = '/usr/lib/rabbitmq/lib/rabbitmq_server-3.10.8/sbin';
const password = 'aaaa1111bbbb2222';
/** Somebody who is nobody on this machine, as in the pod. */
const asNobody = ['--reuid=10001', '--regid=10001', '--clear-groups', '--'];

interface Place {
  folder: string;
  port: number;
  metrics: number;
  env: Record<string, string>;
}

function write(at: string, port: number, metrics: number): void {
  const capacity = { cpu: 1000, memory: 512 };
  const store = {
    port,
    replicas: { min: 1, max: 1 },
    resources: { requests: capacity, limits: capacity, ephemeral: 256 },
    claims: [],
    management: false,
  };
  const loopback = serverConfiguration(store).replace(`= ${port}`, `= 127.0.0.1:${port}`);
  writeFileSync(
    join(at, 'rabbitmq.conf'),
    `${loopback}prometheus.tcp.port = ${metrics}\nprometheus.tcp.ip = 127.0.0.1\n`,
  );
  writeFileSync(join(at, 'enabled_plugins'), enabledPlugins(store));
  writeFileSync(join(at, 'rabbitmq-env.conf'), 'USE_LONGNAME=true\nNODENAME=rabbit@127.0.0.1\n');
  writeFileSync(join(at, 'start.sh'), startScript);
  writeFileSync(join(at, 'password'), password);
  writeFileSync(join(at, 'cookie'), 'cccc3333dddd4444');
}

async function place(): Promise<Place> {
  const folder = mkdtempSync(join(tmpdir(), 'keelson-rabbitmq-'));
  chmodSync(folder, 0o755);
  for (const name of ['home', 'data']) {
    mkdirSync(join(folder, name));
    chmodSync(join(folder, name), 0o777);
  }
  const [port = 0, metrics = 0, epmd = 0, distribution = 0] = await freePorts(4);
  write(folder, port, metrics);
  const env = {
    PATH: `${programs}:/usr/bin:/bin`,
    HOME: `${folder}/home`,
    ACCOUNT: 'shop',
    PASSWORD_FILE: `${folder}/password`,
    COOKIE_FILE: `${folder}/cookie`,
    RABBITMQ_CONFIG_FILES: `${folder}/home/conf.d/*.conf`,
    RABBITMQ_LOGS: '-',
    RABBITMQ_LOG_BASE: `${folder}/home/log`,
    ERL_CRASH_DUMP_SECONDS: '0',
    // The image's own places, and ports that nobody else has here.
    RABBITMQ_CONFIG_FILE: `${folder}/rabbitmq.conf`,
    RABBITMQ_CONF_ENV_FILE: `${folder}/rabbitmq-env.conf`,
    RABBITMQ_ENABLED_PLUGINS_FILE: `${folder}/enabled_plugins`,
    RABBITMQ_MNESIA_BASE: `${folder}/data`,
    RABBITMQ_DIST_PORT: String(distribution),
    ERL_EPMD_PORT: String(epmd),
    ERL_EPMD_ADDRESS: '127.0.0.1',
  };
  return { folder, port, metrics, env };
}

function inPod(at: Place, command: readonly string[]): Promise<Outcome> {
  return run('setpriv', [...asNobody, ...command], { env: at.env, timeoutSeconds: 60 });
}

async function check(at: Place): Promise<void> {
  const server = await startServer({
    name: 'RabbitMQ',
    program: 'env',
    args: Object.entries(at.env)
      .map(([key, value]) => `${key}=${value}`)
      .concat('setpriv', asNobody, 'sh', `${at.folder}/start.sh`),
    log: join(at.folder, 'log'),
    isReady: async () => readFileSync(join(at.folder, 'log'), 'utf8').includes('Server startup complete'),
    deadlineSeconds: 90,
  });
  assert.match((await inPod(at, ['rabbitmqctl', '-q', 'list_users'])).stdout, /^shop\t\[\]$/m);
  assert.equal((await inPod(at, ['rabbitmqctl', 'authenticate_user', 'shop', password])).status, 0);
  console.log('ok  the account is the only one, can log in, and is no administrator');
  assert.equal(statSync(join(at.folder, 'home/.erlang.cookie')).mode & 0o777, 0o600);
  assert.ok(!readFileSync(join(at.folder, 'log'), 'utf8').includes(password));
  console.log('ok  nobody else reads the cookie, and the log holds no password');
  const metrics = await fetch(`http://127.0.0.1:${at.metrics}/metrics`);
  assert.match(await metrics.text(), /rabbitmq_/);
  const limits = await inPod(at, ['rabbitmqctl', 'eval', 'vm_memory_monitor:get_memory_limit().']);
  assert.equal(limits.stdout.trim(), String(Math.floor(512 * 0.6) * 1024 * 1024));
  console.log('ok  metrics are served, and the memory limit is the configured one');
  const stop = await inPod(at, ['sh', '-c', stopScript(20)]);
  assert.equal(stop.status, 0, stop.stderr);
  console.log('ok  a node alone stops without waiting');
  await server.stop();
  writeFileSync(join(at.folder, 'password'), 'with space');
  const refused = await inPod(at, ['sh', `${at.folder}/start.sh`]);
  assert.match(refused.stderr, /the password must have letters/);
  console.log('ok  a password that breaks a URL is refused');
}

async function main(): Promise<void> {
  await ensureDebianPackage({ package: 'rabbitmq-server', program: `${programs}/rabbitmq-server` });
  const at = await place();
  try {
    await check(at);
  } finally {
    // Erlang's port mapper goes on by itself.
    await inPod(at, ['epmd', '-kill']);
    rmSync(at.folder, { recursive: true, force: true });
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
