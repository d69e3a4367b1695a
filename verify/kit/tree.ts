import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './command';

/** What is no part of the project, where no git says so. */
const MADE = ['.git', '.work', 'node_modules'];

/** What git says in a folder, whoever owns it; undefined when it refuses, where there is no repository, or no git. */
export async function git(root: string, args: readonly string[]): Promise<string | undefined> {
  const outcome = await run('git', ['-C', root, '-c', 'safe.directory=*', ...args]).catch(() => undefined);
  return outcome?.status === 0 ? outcome.stdout : undefined;
}

/** The project's files: what git has or would take; without a repository everything that is not made. */
export async function filesOf(root: string): Promise<string[]> {
  const listed = await git(root, ['ls-files', '-z', '--cached', '--others', '--exclude-standard']);
  if (listed === undefined) return below(root, '');
  return listed.split('\0').filter((file) => file !== '' && !file.startsWith('node_modules'));
}

function below(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    if (MADE.includes(entry.name)) return [];
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return below(root, path);
    return entry.isFile() ? [path] : [];
  });
}
