import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  accountsScript,
  definitions,
  enabledPlugins,
  environmentFile,
  serverConfiguration,
  startScript,
} from '../../lib/rabbitmq';
import { type Outcome, run } from '../kit/command';
import { type Server, startServer } from '../servers/process';

export const programs = '/usr/lib/rabbitmq/lib/rabbitmq_server-3.10.8/sbin';
/** Somebody who is nobody on this machine, as in the pod. */
const asNobody = ['--reuid=10001', '--regid=10001', '--clear-groups', '--'];

export async function until(what: string, test: () => Promise<boolean>, seconds = 180): Promise<void> {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(500))
    if (await test().catch(() => false)) return;
  throw new Error(`${what}: not within ${seconds} s`);
}

type Declared = Parameters<typeof definitions>[0];

/** Where a node listens; what a pod has to itself is shared here. */
export interface Ports {
  readonly amqp: number;
  readonly metrics: number;
  readonly distribution: number;
  /** The port mapper's, one for all nodes. */
  readonly epmd: number;
}

export interface NodeProps {
  readonly folder: string;
  readonly name: string;
  readonly ports: Ports;
  readonly declared: Declared;
  readonly passwords: Readonly<Record<string, string>>;
  /** Names of all nodes of the cluster; a node alone has none. */
  readonly peers?: readonly string[];
}

const capacity = { cpu: 1000, memory: 512 };

/** What only newer versions know, and the discovery that only Kubernetes has. */
function asHere(text: string, { ports, peers = [] }: NodeProps): string {
  const nodes = peers.map((peer, index) => `cluster_formation.classic_config.nodes.${index + 1} = ${peer}\n`).join('');
  return text
    .replace(`= ${ports.amqp}\n`, `= 127.0.0.1:${ports.amqp}\n`)
    .replace(/^quorum_queue\.continuous.*\n/gm, '')
    .replace('peer_discovery_backend = k8s\n', `peer_discovery_backend = classic_config\n${nodes}`)
    .concat(`prometheus.tcp.port = ${ports.metrics}\nprometheus.tcp.ip = 127.0.0.1\n`);
}

/** One pod of the StatefulSet on loopback, with the files and the environment of the manifests. */
export class Node {
  private server: Server | undefined;
  private readonly log: string;

  constructor(private readonly props: NodeProps) {
    const { folder } = props;
    for (const name of ['home', 'data']) {
      mkdirSync(join(folder, name), { recursive: true });
      chmodSync(join(folder, name), 0o777);
    }
    mkdirSync(join(folder, 'passwords'), { recursive: true });
    this.log = join(folder, 'log');
    writeFileSync(this.log, '');
    this.configure(props.declared);
    this.setPasswords(props.passwords);
  }

  configure(declared: Declared): void {
    const { folder, name, ports, peers = [] } = this.props;
    const nodes = Math.max(peers.length, 1);
    const store = {
      ...declared,
      port: ports.amqp,
      replicas: { min: nodes, max: nodes },
      resources: { requests: capacity, limits: capacity, ephemeral: 256 },
      claims: [],
      management: false,
    };
    const files = {
      'rabbitmq.conf': asHere(serverConfiguration(store), this.props),
      'definitions.json': definitions(store),
      'rabbitmq-env.conf': environmentFile.replace('rabbit@$(hostname -f)', name),
      enabled_plugins: enabledPlugins({ ...store, replicas: { min: 1, max: 1 } }),
      'accounts.sh': accountsScript,
      'start.sh': startScript,
      cookie: 'cccc3333dddd4444',
    };
    for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
  }

  setPasswords(passwords: Readonly<Record<string, string>>): void {
    for (const [account, password] of Object.entries(passwords))
      writeFileSync(join(this.props.folder, 'passwords', account), password);
  }

  private get env(): Record<string, string> {
    const { folder, ports, passwords } = this.props;
    return {
      PATH: `${programs}:/usr/bin:/bin`,
      HOME: `${folder}/home`,
      CONFIGURATION: folder,
      ACCOUNTS: Object.keys(passwords).join(' '),
      PASSWORDS: `${folder}/passwords`,
      COOKIE_FILE: `${folder}/cookie`,
      RABBITMQ_CONFIG_FILES: `${folder}/home/conf.d/*.conf`,
      RABBITMQ_LOG_BASE: `${folder}/home/log`,
      ERL_CRASH_DUMP_SECONDS: '0',
      // The image's own places, and ports that nobody else has here.
      RABBITMQ_CONFIG_FILE: `${folder}/rabbitmq.conf`,
      RABBITMQ_CONF_ENV_FILE: `${folder}/rabbitmq-env.conf`,
      RABBITMQ_ENABLED_PLUGINS_FILE: `${folder}/enabled_plugins`,
      RABBITMQ_MNESIA_BASE: `${folder}/data`,
      RABBITMQ_DIST_PORT: String(ports.distribution),
      ERL_EPMD_PORT: String(ports.epmd),
      ERL_EPMD_ADDRESS: '127.0.0.1',
    };
  }

  async start(): Promise<void> {
    const said = this.said().length;
    this.server = await startServer({
      name: this.props.name,
      program: 'env',
      args: Object.entries(this.env)
        .map(([key, value]) => `${key}=${value}`)
        .concat('setpriv', asNobody, 'sh', `${this.props.folder}/start.sh`),
      log: this.log,
      isReady: async () => this.said().slice(said).includes('Server startup complete'),
      deadlineSeconds: 150,
    });
  }

  async stop(): Promise<void> {
    await this.ctl('stop_app');
    await this.server?.stop();
  }

  /** Whatever it was doing. */
  async kill(): Promise<void> {
    await this.inPod(['sh', '-c', `kill -9 $(cat ${this.props.folder}/data/${this.props.name}.pid)`]);
    await this.server?.stop();
  }

  said(): string {
    return readFileSync(this.log, 'utf8');
  }

  /** The words before a command that runs in the pod. */
  get words(): string[] {
    const env = Object.entries(this.env).map(([key, value]) => `${key}=${value}`);
    return ['env', ...env, 'setpriv', ...asNobody];
  }

  inPod(command: readonly string[], timeoutSeconds = 60): Promise<Outcome> {
    return run('setpriv', [...asNobody, ...command], { env: this.env, timeoutSeconds });
  }

  async ctl(...args: string[]): Promise<string> {
    const { stdout, stderr } = await this.inPod(['rabbitmqctl', '-q', ...args]);
    return `${stdout}${stderr}`.trim();
  }

  /** A client of AMQP, as an application is one. */
  client(program: string, account: string, password: string, ...args: string[]): Promise<Outcome> {
    const url = `amqp://${account}:${password}@127.0.0.1:${this.props.ports.amqp}/%2f`;
    return run(program, [`--url=${url}`, ...args], { timeoutSeconds: 20 });
  }
}
