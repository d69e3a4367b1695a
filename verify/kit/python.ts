import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, fillCache, isCached } from './cache';
import { must } from './command';

const REQUIREMENTS = join(__dirname, '..', 'requirements.txt');

export function pythonProgram(name: string): { path: string; version: string } {
  const version = pinnedVersion(name);
  return { path: join(cacheFolder(name, version), 'bin', name), version };
}

/** A virtual environment per program. pip checks every file against the hashes in requirements.txt. */
export async function ensurePythonProgram(name: string): Promise<boolean> {
  const version = pinnedVersion(name);
  if (isCached(name, version)) return false;
  await fillCache(name, version, async (folder) => {
    await must('python3', ['-m', 'venv', folder]);
    const pip = ['-m', 'pip', 'install', '--quiet', '--require-hashes', '--no-deps', '-r', REQUIREMENTS];
    await must(join(folder, 'bin', 'python'), pip, { timeoutSeconds: 900 });
    // Scripts in bin/ begin with the path of the interpreter, which is about to be renamed.
    const script = `sed -i '1s|^#!.*/bin/python[0-9.]*$|#!${cacheFolder(name, version)}/bin/python|' "$1/bin/${name}"`;
    await must('sh', ['-c', script, 'sh', folder]);
  });
  return true;
}

function pinnedVersion(name: string): string {
  const pinned = new RegExp(`^${name}==(\\S+)`, 'm').exec(readFileSync(REQUIREMENTS, 'utf8'));
  if (!pinned?.[1]) throw new Error(`verify/requirements.txt does not pin ${name}`);
  return pinned[1];
}
