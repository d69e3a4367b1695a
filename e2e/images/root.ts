import { chmodSync, cpSync, mkdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { must } from '../../verify/kit/command';
import { unpackPackages } from './apt';
import type { Recipe } from './recipe';

/** What a recipe's files are named from. */
export const E2E = join(__dirname, '..');

const accounts = {
  'etc/passwd': 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/bin/false\n',
  'etc/group': 'root:x:0:\nnogroup:x:65534:\n',
  'etc/nsswitch.conf': 'passwd: files\ngroup: files\nhosts: files dns\n',
};

/** The file system of an image: packages, our files, what its commands make. */
export async function fillRoot(recipe: Recipe, root: string): Promise<void> {
  for (const folder of ['bin', 'sbin', 'lib', 'lib64']) {
    mkdirSync(join(root, 'usr', folder), { recursive: true });
    symlinkSync(`usr/${folder}`, join(root, folder)); // as Debian itself is laid out
  }
  for (const folder of ['etc', 'dev', 'proc', 'sys', 'root', 'tmp', 'run', 'var']) mkdirSync(join(root, folder));
  chmodSync(root, 0o755);
  symlinkSync('/run', join(root, 'var/run'));
  if (recipe.packages.length > 0) await unpackPackages(recipe.packages, recipe.suite ?? 'bookworm', root);
  chmodSync(join(root, 'tmp'), 0o1777);
  for (const [path, text] of Object.entries(accounts)) writeFileSync(join(root, path), text);
  if (recipe.applets) await linkApplets(root);
  const files = Object.entries(recipe.files ?? {}).map(([path, source]) => [path, join(E2E, source)] as const);
  for (const [path, source] of [...files, ...Object.entries(recipe.programs ?? {})]) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    cpSync(source, join(root, path), { recursive: true });
  }
  for (const command of recipe.commands ?? []) await must('chroot', [root, '/bin/sh', '-euc', command]);
  for (const waste of ['doc', 'man', 'locale', 'i18n', 'lintian', 'info'])
    rmSync(join(root, 'usr/share', waste), { recursive: true, force: true });
}

async function linkApplets(root: string): Promise<void> {
  const names = await must('chroot', [root, '/bin/busybox', '--list']);
  for (const name of names.split('\n').filter((line) => line !== '' && line !== 'busybox')) {
    const path = join(root, 'usr/bin', name);
    if (!statSync(path, { throwIfNoEntry: false })) symlinkSync('busybox', path);
  }
}
