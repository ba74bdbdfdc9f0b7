import { expect, it } from 'vitest';
import { cgroupHierarchies } from './cgroups.ts';

it('finds every hierarchy of a machine with cgroup v1', () => {
  const mountinfo = [
    '30 24 0:26 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755',
    '31 30 0:27 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu',
    '32 30 0:28 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,name=systemd',
    '33 30 0:29 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw',
    '34 24 254:0 / / rw - ext4 /dev/vda rw',
  ].join('\n');
  expect(cgroupHierarchies(mountinfo)).toEqual([
    '/sys/fs/cgroup/cpu',
    '/sys/fs/cgroup/systemd',
    '/sys/fs/cgroup/unified',
  ]);
});

it('finds the only hierarchy of a machine with cgroup v2', () => {
  const mountinfo = '35 24 0:30 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate';
  expect(cgroupHierarchies(mountinfo)).toEqual(['/sys/fs/cgroup']);
});
