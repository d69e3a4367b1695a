import { copyFileSync, readdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { cacheFolder, fillCache, isCached } from './cache';
import { must } from './command';

/** YAML files that a Go module carries beside its code. */
export interface ModuleFiles {
  name: string;
  module: string;
  version: string;
  /** The module's hash as go.sum would hold it: no package is imported, so no go.sum can. */
  sum: string;
  /** Files, or folders whose YAML files are all taken. */
  files: readonly string[];
}

export function moduleFilesFolder(source: ModuleFiles): string {
  return cacheFolder(source.name, source.version);
}

/** Copies the files into the cache, so that a warm run needs neither Go nor its module cache. */
export async function ensureModuleFiles(source: ModuleFiles): Promise<boolean> {
  if (isCached(source.name, source.version)) return false;
  const folder = await download(source);
  await fillCache(source.name, source.version, (target) => {
    for (const path of source.files.flatMap((file) => yamlFiles(join(folder, file)))) {
      copyFileSync(path, join(target, basename(path)));
    }
  });
  return true;
}

async function download(source: ModuleFiles): Promise<string> {
  const wanted = `${source.module}@${source.version}`;
  // Outside every module: inside one, Go would want the go.mod to require it.
  const answer = await must('go', ['mod', 'download', '-json', wanted], { cwd: tmpdir(), timeoutSeconds: 600 });
  const module = JSON.parse(answer) as { Dir: string; Sum: string };
  if (module.Sum !== source.sum) throw new Error(`${wanted} has the hash ${module.Sum}, pinned is ${source.sum}`);
  return module.Dir;
}

function yamlFiles(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .filter((name) => /\.ya?ml$/.test(name) && name !== 'kustomization.yaml')
    .sort()
    .map((name) => join(path, name));
}
