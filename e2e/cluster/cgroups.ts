import { readFileSync } from 'node:fs';

export const CGROUPS = '/sys/fs/cgroup';

/** Where each hierarchy of version 1 is mounted. */
export function cgroupHierarchies(): string[] {
  return readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([, , type]) => type === 'cgroup')
    .flatMap(([, path]) => path ?? []);
}
