import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { must } from './command';

/** An archive's mirror, as this machine's apt knows it: no address stands in the tree. */
async function mirrorOf(archive: RegExp): Promise<string | undefined> {
  const output = await must('apt-get', ['indextargets', '--format', '$(REPO_URI)', 'Created-By: Packages'], {
    timeoutSeconds: 60,
  });
  return output.split('\n').find((uri) => archive.test(uri));
}

/** Debian's own. @throws Error when this machine's apt names none */
export async function debianMirror(): Promise<string> {
  const found = await mirrorOf(/\/debian\/?$/);
  if (found === undefined) throw new Error("This machine's apt names no mirror of Debian");
  return found;
}

/** That of its security updates, where this machine uses them. */
export function securityMirror(): Promise<string | undefined> {
  return mirrorOf(/\/debian-security\/?$/);
}

/** Unpacks packages of another suite into a folder. By apt itself, on lists of its own, so that the machine's are left alone. */
export async function unpackFromSuite(suite: string, packages: readonly string[], folder: string): Promise<void> {
  const apt = join(folder, 'apt');
  for (const part of ['lists/partial', 'archives/partial', 'debs']) mkdirSync(join(apt, part), { recursive: true });
  const list = join(apt, 'sources.list');
  const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
  writeFileSync(list, `deb [signed-by=${keyring}] ${await debianMirror()} ${suite} main\n`);
  const options = [
    `Dir::Etc::sourcelist=${list}`,
    'Dir::Etc::sourceparts=/dev/null',
    `Dir::State::lists=${join(apt, 'lists')}`,
    `Dir::Cache=${apt}`,
  ].flatMap((option) => ['-o', option]);
  await must('apt-get', [...options, 'update', '--quiet'], { timeoutSeconds: 300 });
  await must('apt-get', [...options, 'download', ...packages], { cwd: join(apt, 'debs'), timeoutSeconds: 300 });
  for (const deb of readdirSync(join(apt, 'debs'))) await must('dpkg', ['-x', join(apt, 'debs', deb), folder]);
  await must('rm', ['-r', apt]);
}
