/** The Jobs of the manifests, run here as their pods would be: the same scripts, command and variables. */
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { renderFiles } from '../../cli/synthesize';
import { planOf } from '../../lib/choice';
import { type Outcome, run } from '../kit/command';
import { readObjects } from '../manifests/objects';
import { workspace } from '../manifests/sets';

/** Somebody who is nobody on this machine, as in the pod: no name in /etc/passwd, no home. */
export const asNobody = ['--reuid=10001', '--regid=10001', '--clear-groups', '--'];

export const programPath = '/usr/lib/postgresql/15/bin:/usr/bin:/bin';

interface Container {
  readonly command: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
}

interface CronJobSpec {
  readonly jobTemplate: {
    readonly spec: {
      readonly template: {
        readonly spec: {
          readonly containers: readonly Container[];
          readonly volumes: readonly { readonly name: string; readonly configMap?: { readonly name: string } }[];
        };
      };
    };
  };
}

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: unknown;
}

export interface JobOptions {
  /** Variables besides, or instead of, those of the manifest: a person's `kubectl set env`. */
  readonly env?: Readonly<Record<string, string>>;
  /** Programs that stand before the real ones. */
  readonly shims?: Readonly<Record<string, string>>;
  /** Credentials by file, instead of the usual ones. */
  readonly credentials?: Readonly<Record<string, string>>;
}

/** What stands in the manifests of one system, in an environment that backs up to S3. */
export class Jobs {
  private constructor(
    private readonly manifests: readonly Manifest[],
    private readonly folder: string,
    private readonly toolFolder: string,
    /** What a pod has to itself, or reaches by name, is elsewhere here. */
    readonly here: Record<string, string>,
    private readonly credentials: Readonly<Record<string, string>>,
  ) {}

  static of(
    system: string,
    folder: string,
    toolFolder: string,
    here: Record<string, string>,
    credentials: Readonly<Record<string, string>>,
    environment = 'production',
  ): Jobs {
    const { plan, problems } = planOf(workspace, { system, environment, tier: 'low' });
    if (plan === undefined) throw new Error(`${system} has problems: ${JSON.stringify(problems)}`);
    const manifests = join(folder, `${system}-${environment}-manifests`);
    mkdirSync(manifests);
    for (const [name, text] of renderFiles(plan)) writeFileSync(join(manifests, name), text);
    return new Jobs(readObjects(manifests) as readonly Manifest[], folder, toolFolder, here, credentials);
  }

  /** The same Jobs where something is in another place. */
  elsewhere(here: Readonly<Record<string, string>>): Jobs {
    return new Jobs(this.manifests, this.folder, this.toolFolder, { ...this.here, ...here }, this.credentials);
  }

  private find(kind: string, name: string): Manifest {
    const found = this.manifests.find((item) => item.kind === kind && item.metadata.name === name);
    if (found === undefined) throw new Error(`No ${kind} ${name} in the manifests`);
    return found;
  }

  /** The pod's own folder, with all that is mounted into it. */
  private pod(files: Readonly<Record<string, string>>, options: JobOptions): string {
    const pod = mkdtempSync(join(this.folder, 'pod-'));
    chmodSync(pod, 0o755);
    const put = (part: string, contents: Readonly<Record<string, string>>, mode: number): void => {
      mkdirSync(join(pod, part));
      for (const [name, text] of Object.entries(contents)) {
        mkdirSync(dirname(join(pod, part, name)), { recursive: true });
        writeFileSync(join(pod, part, name), text, { mode });
      }
    };
    put('scripts', files, 0o644);
    put('credentials', options.credentials ?? this.credentials, 0o644);
    put('shims', options.shims ?? {}, 0o755);
    for (const part of ['tmp', 'work']) {
      mkdirSync(join(pod, part));
      chmodSync(join(pod, part), 0o777);
    }
    return pod;
  }

  /** Runs the Job of a CronJob to its end. */
  async run(name: string, options: JobOptions = {}): Promise<Outcome> {
    const { spec } = (this.find('CronJob', name).spec as CronJobSpec).jobTemplate.spec.template;
    const [container] = spec.containers;
    const map = spec.volumes.find((volume) => volume.configMap)?.configMap?.name ?? '';
    const pod = this.pod(this.find('ConfigMap', map).data ?? {}, options);
    const stated = Object.fromEntries((container?.env ?? []).map((item) => [item.name, item.value ?? '']));
    const at = this.here['REPOSITORIES_AT'] ?? '';
    const repository = (stated['RESTIC_REPOSITORY'] ?? '').replace(stated['REPOSITORIES_AT'] ?? '', at);
    const paths = {
      SCRIPTS: `${pod}/scripts`,
      CREDENTIALS: `${pod}/credentials`,
      TMPDIR: `${pod}/tmp`,
      HOME: `${pod}/tmp`,
      TOOLS: this.toolFolder,
      RESTIC_REPOSITORY: repository,
      ...(stated['PGSSLROOTCERT'] ? { PGSSLROOTCERT: this.here['AUTHORITY'] ?? '' } : {}),
      ...(stated['WORK'] ? { WORK: `${pod}/work` } : {}),
      ...(stated['RESTIC_CACHE_DIR'] ? { RESTIC_CACHE_DIR: `${pod}/work` } : {}),
      PATH: `${pod}/shims:${programPath}`,
    };
    const { SSL_CERT_FILE: _, ...rest } = stated;
    const env = { ...rest, ...paths, ...this.here, ...options.env };
    const [shell = '', script = '', ...args] = container?.command ?? [];
    const command = [
      shell,
      ...(process.env['TRACE'] ? ['-x'] : []),
      script.replace(/^.*\//, `${pod}/scripts/`),
      ...args,
    ];
    const variables = Object.entries(env).map(([key, value]) => `${key}=${value}`);
    try {
      return await run('env', ['-i', ...variables, 'setpriv', ...asNobody, ...command], { timeoutSeconds: 120 });
    } finally {
      rmSync(pod, { recursive: true, force: true });
    }
  }

  /** restic itself, on the repository of a subject: what a person would see. */
  restic(subject: string, args: readonly string[], input = ''): Promise<Outcome> {
    const { S3_KEY = 'key', REPOSITORIES_AT = '' } = this.here;
    const variables = [
      `RESTIC_REPOSITORY=${REPOSITORIES_AT}/${subject}`,
      `RESTIC_PASSWORD=${(this.credentials['encryption-key'] ?? '').trim()}`,
      `AWS_ACCESS_KEY_ID=${S3_KEY}`,
      `AWS_SECRET_ACCESS_KEY=${S3_KEY}`,
      'HOME=/tmp',
    ];
    const command = [join(this.toolFolder, 'restic'), '--no-cache', ...args];
    return run('env', ['-i', ...variables, 'setpriv', ...asNobody, ...command], { input });
  }

  /** The verified runs of a kind, newest last. */
  async runs(subject: string, kind: string, tag = 'verified'): Promise<string[]> {
    const { stdout, stderr } = await this.restic(subject, ['snapshots', '--json', '--tag', `${kind},${tag}`]);
    if (stdout === '') throw new Error(stderr);
    const snapshots = JSON.parse(stdout) as { readonly tags: readonly string[] }[];
    return snapshots.map(({ tags }) => tags.find((one) => one.startsWith('run-'))?.slice(4) ?? '').sort();
  }

  copyOf(subject: string): string {
    const copy = mkdtempSync(join(this.folder, 'copy-'));
    cpSync(`${this.here['REPOSITORIES_AT'] ?? ''}/${subject}`, copy, { recursive: true });
    return copy;
  }
}
