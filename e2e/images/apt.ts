/** Debian packages as files: resolved and downloaded by apt itself, on lists of its own; nothing is installed. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { must } from '../../verify/kit/command';
import { debianMirror, securityMirror } from '../../verify/kit/debian-suite';

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
const MINUTES = 10;

/** What a package asks for at its installation only: nothing of it runs in a container. */
const unneeded =
  /^(adduser|dpkg|debconf|init-system-helpers|iproute2|libllvm\d+|libz3-4|libperl5.*|lsb-base|passwd|perl|perl-base|perl-modules.*|postgresql-common|sensible-utils|ssl-cert|sysvinit-utils|tar|ucf|usrmerge)_/;

async function sources(suite: string): Promise<string> {
  const line = (mirror: string, distribution: string): string =>
    `deb [signed-by=${KEYRING}] ${mirror} ${distribution} main\n`;
  const security = suite === 'bookworm' ? await securityMirror() : undefined;
  return line(await debianMirror(), suite) + (security === undefined ? '' : line(security, `${suite}-security`));
}

/** Downloads packages and all that they depend on, and unpacks them into a folder. */
export async function unpackPackages(packages: readonly string[], suite: string, root: string): Promise<void> {
  const apt = mkdtempSync(join(tmpdir(), 'keelson-apt-'));
  try {
    for (const part of ['lists/partial', 'archives/partial']) mkdirSync(join(apt, part), { recursive: true });
    writeFileSync(join(apt, 'sources.list'), await sources(suite));
    writeFileSync(join(apt, 'status'), ''); // nothing is installed yet: every dependency is wanted
    const options = [
      `Dir::Etc::sourcelist=${apt}/sources.list`,
      'Dir::Etc::sourceparts=/dev/null',
      `Dir::State::lists=${apt}/lists`,
      `Dir::State::status=${apt}/status`,
      `Dir::Cache=${apt}`,
      'APT::Install-Recommends=false',
      'APT::Sandbox::User=root',
    ].flatMap((option) => ['-o', option]);
    const timeoutSeconds = MINUTES * 60;
    await must('apt-get', [...options, '--quiet', 'update'], { timeoutSeconds });
    await must('apt-get', [...options, '--quiet', '--yes', '--download-only', 'install', ...packages], {
      timeoutSeconds,
    });
    const files = readdirSync(join(apt, 'archives')).filter((name) => name.endsWith('.deb') && !unneeded.test(name));
    for (const file of files.sort()) {
      const unpack = 'dpkg-deb --fsys-tarfile "$1" | tar --extract --keep-directory-symlink --directory "$2"';
      await must('sh', ['-c', unpack, 'sh', join(apt, 'archives', file), root]);
    }
  } finally {
    rmSync(apt, { recursive: true, force: true });
  }
}
