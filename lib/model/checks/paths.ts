import { posix } from 'node:path';
import type { Context } from '../resolve/context';
import type { ParsedService } from '../schema/system';

/** Folders of the kernel and the kubelet: nothing below them may be covered, but the two that are there for programs. */
const kernel = ['/proc', '/sys', '/dev'];
const forPrograms = ['/dev/shm', '/dev/mqueue'];

/** Whose own content a program needs: they may not be covered, but a folder of one's own may be made in them. */
const needed = ['/', '/bin', '/etc', '/lib', '/lib64', '/run', '/sbin', '/usr', '/var', '/run/secrets', '/var/run'];

/** Names, accounts and certificates, which every program looks up; and what the kubelet mounts. */
const lookedUp = [
  '/etc/group',
  '/etc/hostname',
  '/etc/hosts',
  '/etc/ld.so.cache',
  '/etc/nsswitch.conf',
  '/etc/passwd',
  '/etc/pki',
  '/etc/resolv.conf',
  '/etc/ssl',
  '/run/secrets/kubernetes.io',
  '/usr/bin',
  '/usr/lib',
  '/var/run/secrets',
];

function within(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

/** What of the system a mount would hide, if anything. */
function hidden(path: string): string | undefined {
  if (forPrograms.some((folder) => within(path, folder))) return undefined;
  const below = [...kernel, '/etc/ssl', '/etc/pki', '/var/run/secrets/kubernetes.io', '/run/secrets/kubernetes.io'];
  return [...needed, ...lookedUp].find((folder) => path === folder) ?? below.find((folder) => within(path, folder));
}

/** Paths that lie in each other, or over the system, would hide what is there. */
export function checkPaths({ problems }: Context, _name: string, service: ParsedService, path: string): void {
  const paths = [
    ...Object.entries(service.mounts).map(([volume, at]) => [`mounts.${volume}`, at] as const),
    ...Object.keys(service.scratch).map((at) => [`scratch.${at}`, at] as const),
  ];
  for (const [index, [key, at]] of paths.entries()) {
    if (at.includes(':'))
      problems.error('mount-path', `${path}.${key}`, `"${at}"`, 'a folder without ":", which Kubernetes refuses');
    const meets = (other: string): boolean => {
      const [here, there] = [posix.resolve(at), posix.resolve(other)];
      return within(here, there) || within(there, here);
    };
    const clash = paths.slice(0, index).find(([, other]) => meets(other));
    if (clash !== undefined)
      problems.error(
        'mount-clash',
        `${path}.${key}`,
        `"${at}", which meets ${clash[0]}`,
        'folders apart from each other',
      );
    const over = hidden(posix.resolve(at));
    if (over !== undefined)
      problems.error(
        'mount-hides-system',
        `${path}.${key}`,
        `"${at}", which hides ${over} of the system`,
        'a folder of its own, such as one below /app',
      );
  }
}
