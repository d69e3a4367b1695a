import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { must, type Outcome, run } from '../../kit/command';
import { type Server, startServer } from '../../servers/process';
import { PROGRAMS } from './programs';

export interface Mount {
  /** A folder of this machine. */
  readonly source: string;
  readonly path: string;
}

/** A container, with everything decided. */
export interface Container {
  /** Unique in the run: pod and container. */
  readonly name: string;
  readonly hostname: string;
  /** A process in the pod's network. */
  readonly network: number;
  readonly user: number;
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly mounts: readonly Mount[];
  readonly files: Readonly<Record<string, string>>;
}

/** Where roots, volumes and logs are: a file system in memory that ends with the run. */
export const WORK = '/srv';

/** /var/run is a link, and its target absolute: followed from outside it would lead out of the root. */
function within(path: string): string {
  return path.replace(/^\/var\/run\//, '/run/');
}

/** Makes the root of a container: this machine's files, below its own writes and its volumes. */
function rootScript({ mounts, files }: Container, folder: string): string {
  const root = `${folder}/root`;
  const binds = [...mounts, { source: `${WORK}/programs`, path: PROGRAMS }].map(({ source, path }) => {
    const target = `${root}${within(path)}`;
    return `mkdir -p '${target}' && mount --bind '${source}' '${target}'`;
  });
  const written = Object.keys(files).map(
    (path, index) => `rm -f '${root}${path}' && cp '${folder}/files/${index}' '${root}${path}'`,
  );
  return [
    `mount -t overlay overlay -o lowerdir=/,upperdir=${folder}/upper,workdir=${folder}/work ${root}`,
    ...['proc', 'dev', 'sys'].map((name) => `mount --rbind /${name} ${root}/${name}`),
    ...binds,
    ...written,
  ].join(' && ');
}

/** The program and its arguments that become the container. */
function commandOf(container: Container): string[] {
  const { name, hostname, network, user, command, env, files } = container;
  const folder = join(WORK, 'containers', name);
  for (const part of ['upper', 'work', 'root', 'files']) mkdirSync(join(folder, part), { recursive: true });
  for (const [index, text] of Object.values(files).entries()) writeFileSync(join(folder, 'files', String(index)), text);
  const variables = Object.entries(env).map(([key, value]) => `${key}=${value}`);
  const inside = [
    'chroot',
    `--userspec=${user}:${user}`,
    `--groups=${user}`,
    join(folder, 'root'),
    '/usr/bin/env',
    '-i',
  ];
  const script = `hostname ${hostname} && ${rootScript(container, folder)} && exec "$@"`;
  const own = ['unshare', '--mount', '--uts', '--', 'sh', '-ec', script, 'sh'];
  return ['nsenter', `--net=/proc/${network}/ns/net`, '--', ...own, ...inside, ...variables, ...command];
}

/** A container that ends by itself. */
export async function runToEnd(container: Container, timeoutSeconds = 60): Promise<Outcome> {
  const [program = '', ...args] = commandOf(container);
  const outcome = await run(program, args, { timeoutSeconds });
  await must('sh', ['-c', `umount -l ${WORK}/containers/${container.name}/root 2>/dev/null || true`]);
  return outcome;
}

/** A container that stays. */
export function start(container: Container, isReady: () => Promise<boolean>, deadlineSeconds = 60): Promise<Server> {
  const [program = '', ...args] = commandOf(container);
  const log = join(WORK, 'logs', `${container.name}.log`);
  // nginx opens its stdout by name, as a user who does not own it.
  writeFileSync(log, '');
  chmodSync(log, 0o666);
  return startServer({ name: container.name, program, args, log, isReady, deadlineSeconds });
}

/** Whether something listens on a port of a pod. */
export async function listens(address: string, port: number): Promise<boolean> {
  const script = `exec 3<>/dev/tcp/${address}/${port}`;
  return (await run('bash', ['-c', script], { timeoutSeconds: 2 })).status === 0;
}
