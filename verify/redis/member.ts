import { appendFileSync, chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { memberReadyScript, memberStartScript, serverConfiguration } from '../../lib/redis';
import { type Outcome, run } from '../kit/command';
import { type Server, startServer } from '../servers/process';

/** Every character that a shell, a URL or redis.conf could take for its own. */
export const password = `it's "quoted" \\ $HOME \`id\` %s #x`;
/** Somebody who is nobody on this machine, as in the pod. */
export const asNobody = ['--reuid=10001', '--regid=10001', '--clear-groups', '--'];

/** One pod of a StatefulSet on loopback: its own volume and port; files and environment as in the manifests. */
export class Member {
  private server: Server | undefined;
  private readonly log: string;

  constructor(
    readonly folder: string,
    readonly ordinal: number,
    readonly ports: readonly number[],
  ) {
    for (const name of ['data', 'run']) this.makeFolder(name);
    const text = serverConfiguration({ port: this.port, maxMemory: 64, evictionPolicy: 'noeviction' });
    const here = text.replace('bind * -::*', 'bind 127.0.0.1').replace('dir /data', `dir ${folder}/data`);
    const files = { 'redis.conf': here, 'start.sh': memberStartScript, 'ready.sh': memberReadyScript, password };
    for (const [file, content] of Object.entries(files)) writeFileSync(join(folder, file), content);
    this.log = join(folder, 'log');
    appendFileSync(this.log, '');
  }

  get port(): number {
    return this.ports[this.ordinal] ?? 0;
  }

  private makeFolder(name: string): void {
    mkdirSync(join(this.folder, name), { recursive: true });
    chmodSync(join(this.folder, name), 0o777);
  }

  private env(primary: number): Record<string, string> {
    const { folder } = this;
    return {
      HOSTNAME: `redis-${this.ordinal}`,
      DATA: join(folder, 'data'),
      PRIMARY: String(primary),
      MEMBERS: this.ports.map((port) => `localhost:${port}`).join(' '),
      CONFIGURATION: join(folder, 'redis.conf'),
      RENDERED: join(folder, 'run/redis.conf'),
      PASSWORD_FILE: join(folder, 'password'),
    };
  }

  private inPod(primary: number, script: string): Promise<Outcome> {
    return run('setpriv', [...asNobody, 'sh', join(this.folder, script)], {
      env: this.env(primary),
      timeoutSeconds: 60,
    });
  }

  /** A pod as the StatefulSet makes it, until its server answers. */
  async start(primary: number): Promise<void> {
    rmSync(join(this.folder, 'run'), { recursive: true, force: true });
    this.makeFolder('run');
    this.server = await startServer({
      name: `redis-${this.ordinal}`,
      program: 'env',
      args: Object.entries(this.env(primary))
        .map(([key, value]) => `${key}=${value}`)
        .concat('setpriv', asNobody, 'sh', join(this.folder, 'start.sh')),
      log: this.log,
      isReady: async () => (await this.ask('ping')).includes('PONG'),
    });
  }

  /** Whether its readiness probe passes. */
  async isReady(primary: number): Promise<boolean> {
    return (await this.inPod(primary, 'ready.sh')).status === 0;
  }

  async launch(primary: number): Promise<void> {
    await this.start(primary);
    await until(`redis-${this.ordinal} is ready`, () => this.isReady(primary));
  }

  /** As the kubelet does. */
  async stop(): Promise<void> {
    await this.ask('shutdown');
    await this.server?.stop();
  }

  async kill(): Promise<void> {
    const pid = /process_id:(\d+)/.exec(await this.ask('info', 'server'))?.[1];
    if (pid !== undefined) process.kill(Number(pid), 'SIGKILL');
    await this.server?.stop();
  }

  loseVolume(): void {
    rmSync(join(this.folder, 'data'), { recursive: true, force: true });
    this.makeFolder('data');
  }

  /** What its start refuses to begin with. */
  refused(primary: number): Promise<Outcome> {
    return this.inPod(primary, 'start.sh');
  }

  async ask(...args: string[]): Promise<string> {
    const options = { env: { REDISCLI_AUTH: password }, timeoutSeconds: 20 };
    const { stdout, stderr } = await run('redis-cli', ['-p', String(this.port), ...args], options);
    return `${stdout}${stderr}`.trim();
  }

  async role(): Promise<string> {
    return /role:(\w+)/.exec(await this.ask('info', 'replication'))?.[1] ?? '';
  }

  /** Whether it streams from another member. */
  async follows(other: Member): Promise<boolean> {
    const said = await this.ask('info', 'replication');
    return said.includes(`master_port:${other.port}`) && said.includes('master_link_status:up');
  }

  said(): string {
    return existsSync(this.log) ? readFileSync(this.log, 'utf8') : '';
  }
}

export async function until(what: string, test: () => Promise<boolean>, seconds = 60): Promise<void> {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await new Promise((wake) => setTimeout(wake, 200)))
    if (await test().catch(() => false)) return;
  throw new Error(`${what}: not within ${seconds} s`);
}
