import { hierarchiesOf } from '../../e2e/cluster/cgroups';

const unified = `sysfs /sys sysfs rw 0 0
cgroup2 /sys/fs/cgroup cgroup2 rw,nosuid,nodev,noexec,relatime,nsdelegate,memory_recursiveprot 0 0`;

const hybrid = `tmpfs /sys/fs/cgroup tmpfs rw,relatime,mode=755 0 0
cgroup /sys/fs/cgroup/cpu cgroup rw,relatime,cpu 0 0
cgroup /sys/fs/cgroup/cpuset cgroup rw,relatime,cpuset 0 0
cgroup2 /sys/fs/cgroup/unified cgroup2 rw,relatime 0 0`;

test('Version 2 is one hierarchy in the place of all others', () => {
  expect(hierarchiesOf(unified)).toEqual({ version: 2 });
});

test('Where version 2 lies beside version 1, the controllers are those of version 1', () => {
  const paths = ['/sys/fs/cgroup/cpu', '/sys/fs/cgroup/cpuset'];
  expect(hierarchiesOf(hybrid)).toEqual({ version: 1, paths });
});

test('A machine without any has none', () => {
  expect(hierarchiesOf('proc /proc proc rw 0 0')).toEqual({ version: 1, paths: [] });
});
