import {
  appendFileSync,
  chmodSync,
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { clusterConfiguration, clusterReadyScript, clusterStartScript, clusterStopScript } from '../../lib/redis';
import { type Outcome, run } from '../kit/command';
import type { StandIn } from '../manifests/procedure';
import { type Server, startServer } from '../servers/process';
import { asNobody, password, until } from './member';

/** Runs its arguments where the names of the pods mean what the file says. */
const named = 'mount --bind "$HOSTS" /etc/hosts && exec "$@"';

/** The names of all pods that there are, as the headless Service answers, and the port of each; `CLUSTER MEET` takes the bus to be 10000 above it. */
export class Names {
  private readonly addresses = new Map<number, string>();

  constructor(
    readonly file: string,
    readonly port: number,
  ) {
    writeFileSync(file, ''.padEnd(1024, '\n'));
    chmodSync(file, 0o644);
  }

  /** In place and at once: mounts keep the file, and nobody may read it half written. */
  private write(text: string): void {
    const file = openSync(this.file, 'r+');
    writeSync(file, text.padEnd(1024, '\n'), 0);
    closeSync(file);
  }

  /** Undefined: there is no such pod. */
  set(ordinal: number, address: string | undefined): void {
    if (address === undefined) this.addresses.delete(ordinal);
    else this.addresses.set(ordinal, address);
    const lines = [...this.addresses].map(([pod, at]) => `${at} redis-${pod}.redis-pods redis-${pod}\n`);
    this.write(`127.0.0.1 localhost\n${lines.join('')}`);
  }
}

/** One pod of a clustered StatefulSet: an address, a volume, and files and environment as in the manifests. */
export class ClusterMember {
  private server: Server | undefined;
  private address = '';
  private readonly log: string;

  constructor(
    readonly folder: string,
    readonly ordinal: number,
    readonly members: number,
    private readonly names: Names,
  ) {
    mkdirSync(folder);
    for (const name of ['data', 'run']) this.makeFolder(name);
    this.log = join(folder, 'log');
    appendFileSync(this.log, '');
  }

  private makeFolder(name: string): void {
    rmSync(join(this.folder, name), { recursive: true, force: true });
    mkdirSync(join(this.folder, name));
    chmodSync(join(this.folder, name), 0o777);
  }

  private write(secret: string): void {
    const { folder, address } = this;
    const { port } = this.names;
    const text = clusterConfiguration({ port, maxMemory: 64, evictionPolicy: 'noeviction' });
    const here = text
      .replace('bind * -::*', `bind ${address}`)
      .replaceAll('/data', `${folder}/data`)
      .replace(/cluster-port \d+/, `cluster-port ${port + 10_000}`);
    const scripts = { 'start.sh': clusterStartScript, 'ready.sh': clusterReadyScript, 'stop.sh': clusterStopScript };
    for (const [file, content] of Object.entries({ ...scripts, 'redis.conf': here, password: secret }))
      writeFileSync(join(folder, file), content);
  }

  private get env(): Record<string, string> {
    const { folder } = this;
    return {
      HOSTS: this.names.file,
      HOSTNAME: `redis-${this.ordinal}`,
      DATA: join(folder, 'data'),
      SHARDS: '3',
      MEMBERS: Array.from({ length: this.members }, (_, pod) => `redis-${pod}.redis-pods:${this.names.port}`).join(' '),
      CONFIGURATION: join(folder, 'redis.conf'),
      RENDERED: join(folder, 'run/redis.conf'),
      PASSWORD_FILE: join(folder, 'password'),
    };
  }

  private inPod(args: readonly string[], env: Record<string, string> = this.env): Promise<Outcome> {
    return run('unshare', ['--mount', 'sh', '-c', named, 'sh', ...args], { env, timeoutSeconds: 60 });
  }

  /** What runs a command as in the pod, whose client finds the server at its usual place. */
  place(): ReturnType<StandIn['inPod']> {
    const client = `redis-cli -h ${this.address} -p ${this.names.port}`;
    return { words: ['env', `PASSWORD_FILE=${this.env['PASSWORD_FILE']}`], replaced: { 'redis-cli': client } };
  }

  /** A new pod on the same volume, until its server answers. */
  async start(address: string, secret = password): Promise<void> {
    this.address = address;
    this.names.set(this.ordinal, address);
    this.makeFolder('run');
    this.write(secret);
    const env = Object.entries(this.env).map(([key, value]) => `${key}=${value}`);
    this.server = await startServer({
      name: `redis-${this.ordinal}`,
      program: 'env',
      args: [...env, 'unshare', '--mount', 'sh', '-c', named, 'sh', 'setpriv', ...asNobody].concat(
        'sh',
        join(this.folder, 'start.sh'),
      ),
      log: this.log,
      isReady: async () => (await this.asked(secret, ['ping'])).includes('PONG'),
      deadlineSeconds: 120,
    });
  }

  async isReady(): Promise<boolean> {
    return (await this.inPod(['setpriv', ...asNobody, 'sh', join(this.folder, 'ready.sh')])).status === 0;
  }

  ready(): Promise<void> {
    return until(`redis-${this.ordinal} is ready`, () => this.isReady(), 120);
  }

  /** As the kubelet does: the hook before the stop, then the signal. */
  async stop(): Promise<void> {
    const hook = await this.inPod(['setpriv', ...asNobody, 'sh', join(this.folder, 'stop.sh')]);
    if (hook.status !== 0) throw new Error(`redis-${this.ordinal}: its hook says ${hook.stderr}`);
    await this.end();
  }

  /** The signal alone; the pod goes. */
  async end(): Promise<void> {
    this.names.set(this.ordinal, undefined);
    await this.ask('shutdown');
    await this.server?.stop();
  }

  async kill(): Promise<void> {
    const pid = /process_id:(\d+)/.exec(await this.ask('info', 'server'))?.[1];
    this.names.set(this.ordinal, undefined);
    if (pid !== undefined) process.kill(Number(pid), 'SIGKILL');
    await this.server?.stop();
  }

  loseVolume(): void {
    this.makeFolder('data');
  }

  private async asked(secret: string, args: readonly string[]): Promise<string> {
    const options = { env: { REDISCLI_AUTH: secret }, timeoutSeconds: 20 };
    const { stdout, stderr } = await run(
      'redis-cli',
      ['-h', this.address, '-p', String(this.names.port), ...args],
      options,
    );
    return `${stdout}${stderr}`.trim();
  }

  /** This server alone. */
  ask(...args: string[]): Promise<string> {
    return this.asked(password, args);
  }

  /** Commands of a client that speaks Redis Cluster, one after the other on what it was sent to. */
  async client(commands: readonly string[]): Promise<string[]> {
    const script = `printf '%s\\n' "$@" | redis-cli -c -h redis-${this.ordinal}.redis-pods -p ${this.names.port}`;
    const env = { HOSTS: this.names.file, REDISCLI_AUTH: password };
    const { stdout } = await this.inPod(['timeout', '20', 'sh', '-c', script, 'sh', ...commands], env);
    const lines = stdout.trim().split('\n');
    return lines.filter((line) => !line.startsWith('-> Redirected'));
  }

  async isPrimary(): Promise<boolean> {
    return (await this.ask('info', 'replication')).includes('role:master');
  }

  /** Whether it streams from another member. */
  async follows(other: ClusterMember): Promise<boolean> {
    const said = await this.ask('info', 'replication');
    return said.includes(`master_host:${other.address}`) && said.includes('master_link_status:up');
  }

  said(): string {
    return readFileSync(this.log, 'utf8');
  }
}
