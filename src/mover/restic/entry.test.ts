import { expect, it } from 'vitest';
import { nanosecondsOf, snapshotEntry } from './entry.ts';

it.each([
  ['2026-11-28T13:07:51.624892018Z', 1_795_871_271_624_892_018n],
  ['2026-11-28T14:07:51.5+01:00', 1_795_871_271_500_000_000n],
  ['1969-12-31T23:59:59.9Z', -100_000_000n],
  ['1960-01-01T00:00:00Z', -315_619_200_000_000_000n],
  ['yesterday', undefined],
])('reads %s', (time, nanoseconds) => {
  expect(nanosecondsOf(time)).toBe(nanoseconds);
});

it('knows permissions by the bits that Go keeps them in', () => {
  const listed = { message_type: 'node', path: '/sub', type: 'dir', size: 0, inode: 7 } as const;
  // As restic lists a folder of mode 1777, and a file of mode 6755.
  expect(snapshotEntry({ ...listed, mode: 2_148_532_735, uid: 1, gid: 2 })).toEqual({
    path: '/sub',
    kind: 'folder',
    size: 0,
    inode: 7,
    mode: 0o1777,
    owner: { uid: 1, gid: 2 },
  });
  expect(snapshotEntry({ ...listed, type: 'file', mode: (1 << 23) | (1 << 22) | 0o755 })).toMatchObject({
    mode: 0o6755,
  });
});

it('takes what a later restic may list for something, and what is not listed for unknown', () => {
  const entry = snapshotEntry({ message_type: 'node', path: '/a', type: 'door', size: 0, inode: 0 });
  expect(entry).toEqual({ path: '/a', kind: 'thing of no known kind', size: 0, inode: 0 });
});
