import { execFile, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bootstrapScript } from '../../lib/secrets/script';

/** What the script needs besides a POSIX shell. */
const programs = ['curl', 'od', 'head', 'tr', 'sed', 'grep', 'cat', 'sleep'];

function pathOf(program: string): string {
  return spawnSync('sh', ['-c', 'command -v "$1"', 'sh', program], { encoding: 'utf8' }).stdout.trim();
}

/** @throws Error naming what this machine lacks: a test that is skipped proves nothing */
export function needPrograms(): void {
  const missing = programs.filter((program) => pathOf(program) === '');
  if (missing.length) throw new Error(`Cannot run the bootstrap script as this machine has no ${missing.join(', ')}`);
}

export interface Run {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Every argument that curl was given. */
  readonly arguments: string;
}

/** The folders that the pod mounts, and a `curl` in front of the real one that notes its arguments. */
export class Pod {
  private readonly root = mkdtempSync(join(tmpdir(), 'keelson-bootstrap-'));
  private readonly log = join(this.root, 'arguments');

  constructor(
    private readonly port: number,
    account: { readonly token: string; readonly authority: string },
    files: {
      readonly recipes: Readonly<Record<string, string>>;
      readonly certificates?: Readonly<Record<string, string>>;
    },
  ) {
    this.write('account', { token: account.token, 'ca.crt': account.authority });
    this.write('recipes', { 'bootstrap.sh': bootstrapScript, ...files.recipes });
    for (const [path, text] of Object.entries(files.certificates ?? {})) {
      const [secret = '', file = ''] = path.split('/');
      this.write(join('certificates', secret), { [file]: text });
    }
    this.write('bin', { curl: `#!/bin/sh\nprintf '%s\\n' "$@" >>'${this.log}'\nexec '${pathOf('curl')}' "$@"\n` });
    chmodSync(join(this.root, 'bin/curl'), 0o755);
  }

  private write(folder: string, files: Readonly<Record<string, string>>): void {
    mkdirSync(join(this.root, folder), { recursive: true });
    for (const [name, text] of Object.entries(files)) writeFileSync(join(this.root, folder, name), text);
  }

  /** Runs the very script of the ConfigMap; without pauses, and with one second for a request, unless told otherwise. */
  run(
    options: { readonly tries?: number; readonly pauseSeconds?: number; readonly namespace?: string } = {},
  ): Promise<Run> {
    const { tries = 3, pauseSeconds = 0, namespace = 'shop-production' } = options;
    writeFileSync(this.log, '');
    const folders = ['recipes', 'account', 'certificates'].map((folder) => join(this.root, folder));
    const parameters = [join(this.root, 'recipes/bootstrap.sh'), namespace, ...folders, tries, pauseSeconds, 1];
    const env = {
      PATH: `${join(this.root, 'bin')}:${process.env['PATH'] ?? ''}`,
      KUBERNETES_SERVICE_HOST: '127.0.0.1',
      KUBERNETES_SERVICE_PORT: String(this.port),
      // A proxy of the node's must not see the token.
      https_proxy: 'http://127.0.0.1:9',
    };
    return new Promise((resolve) => {
      execFile('sh', parameters.map(String), { env, timeout: 30_000 }, (error, stdout, stderr) => {
        const status = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
        resolve({ status, stdout, stderr, arguments: readFileSync(this.log, 'utf8') });
      });
    });
  }

  remove(): void {
    rmSync(this.root, { recursive: true });
  }
}
