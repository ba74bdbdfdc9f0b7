import { expect, it } from 'vitest';
import { mountsBelow } from './reap.ts';

it('unmounts what lies in a cluster folder innermost first, and nothing beside it', () => {
  const mountinfo = [
    '40 24 7:0 / /state/one/kubelet rw - ext4 /dev/loop0 rw',
    '41 40 7:1 / /state/one/kubelet/pods/x rw - btrfs /dev/loop1 rw',
    '42 24 7:2 / /state/one-more/kubelet rw - ext4 /dev/loop2 rw',
  ].join('\n');
  expect(mountsBelow(mountinfo, '/state/one')).toEqual(['/state/one/kubelet/pods/x', '/state/one/kubelet']);
});
