import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fillCache, isCached } from './cache';
import { must } from './command';

export interface GoProgram {
  name: string;
  /** Folder under `verify/tools/` whose go.mod pins it. */
  project: string;
  /** The module whose version is the program's. */
  module: string;
  package: string;
  /** Files that a release makes before it is built, and that the module therefore lacks: the pages of its web interface. */
  generated?: readonly string[];
}

const TOOLS = join(__dirname, '..', 'tools');
const BUILD_MINUTES = 20;

export function goProgramVersion(program: GoProgram): string {
  const path = join(TOOLS, program.project, 'go.mod');
  const pinned = readFileSync(path, 'utf8')
    .split('\n')
    .map((line) =>
      line
        .replace(/^require/, '')
        .trim()
        .split(/\s+/),
    )
    .find(([module]) => module === program.module);
  if (!pinned?.[1]) throw new Error(`verify/tools/${program.project}/go.mod does not require ${program.module}`);
  return pinned[1].replace(/^v/, '');
}

/** Builds a program from its tools module, unless this version is there. Says whether it had to. */
export async function ensureGoProgram(program: GoProgram): Promise<boolean> {
  const version = goProgramVersion(program);
  if (isCached(program.name, version)) return false;
  await fillCache(program.name, version, async (folder) => {
    const flags = ['-trimpath', '-mod=readonly', `-ldflags=${linkerFlags(program, version)}`];
    const source = await sourceFolder(program, folder);
    const output = join(folder, program.name);
    await must('go', ['build', '-C', source, ...flags, '-o', output, program.package], {
      env: { CGO_ENABLED: '0' },
      timeoutSeconds: BUILD_MINUTES * 60,
    });
    rmSync(join(folder, 'source'), { recursive: true, force: true });
  });
  return true;
}

/** The folder to build in: the tools module; or, where files must be generated, the program's own module with them. */
async function sourceFolder({ project, module, generated }: GoProgram, folder: string): Promise<string> {
  const tools = join(TOOLS, project);
  if (generated === undefined) return tools;
  const downloaded = await must('go', ['mod', 'download', '-C', tools, '-json', module], { timeoutSeconds: 600 });
  const copy = join(folder, 'source');
  cpSync((JSON.parse(downloaded) as { Dir: string }).Dir, copy, { recursive: true });
  await must('chmod', ['-R', 'u+w', copy]);
  for (const file of generated) {
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    writeFileSync(join(copy, file), '');
  }
  return copy;
}

/** A plainly built kubectl calls itself v0.0.0-master and cannot parse that itself. */
function linkerFlags(program: GoProgram, version: string): string {
  if (program.module !== 'k8s.io/kubernetes') return '-s -w';
  const variables = ['k8s.io/component-base/version.gitVersion', 'k8s.io/client-go/pkg/version.gitVersion'];
  return `-s -w ${variables.map((variable) => `-X ${variable}=v${version}`).join(' ')}`;
}
