import { cpSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { must } from '../kit/command';
import { scratchFolder } from '../kit/scratch';
import { filesOf } from '../kit/tree';
import { ROOT } from '../manifests/root';

const AUTHOR = ['-c', 'user.name=verify', '-c', 'user.email=verify@localhost'];

export interface Checkout {
  folder: string;
  /** The commit that runs in production. */
  base: string;
}

/** A clone as a runner has it: this tree, on top of a release that had another image. */
export async function checkOut(): Promise<Checkout> {
  const folder = join(scratchFolder('checkout'), 'keelson');
  mkdirSync(folder);
  for (const file of await filesOf(ROOT))
    if (existsSync(join(ROOT, file))) cpSync(join(ROOT, file), join(folder, file)); // a file may be gone, and git not know it yet
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, '.git-exclude'), 'node_modules\n');
  await git(folder, ['init', '--quiet', '--initial-branch=main']);
  await git(folder, ['config', 'core.excludesFile', '.git-exclude']);
  await release(folder, '0.9.0');
  await synthesize(folder);
  const base = await commit(folder, 'the release that runs');
  rmSync(join(folder, 'environments', 'production.images.json'));
  await synthesize(folder);
  await commit(folder, 'the release that is due');
  return { folder, base };
}

/** A new image, as the page on releases says. */
export async function release(folder: string, tag: string): Promise<void> {
  const image = `backend=registry.example.com/django-react/backend:${tag}`;
  await must('npx', ['keelson', 'image', image, '--environment', 'production'], { cwd: folder });
}

async function synthesize(folder: string): Promise<void> {
  await must('npx', ['keelson', 'synth', '--no-compare'], { cwd: folder });
}

export async function commit(folder: string, message: string): Promise<string> {
  await git(folder, ['add', '--all']);
  await git(folder, [...AUTHOR, 'commit', '--quiet', '--no-verify', '--message', message]);
  return (await git(folder, ['rev-parse', 'HEAD'])).trim();
}

export function git(folder: string, args: readonly string[]): Promise<string> {
  return must('git', ['-C', folder, ...args]);
}
