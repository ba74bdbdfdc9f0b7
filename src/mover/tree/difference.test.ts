import { expect, it } from 'vitest';
import { differencesOf, isSameTime } from './difference.ts';
import type { Entry } from './entry.ts';

const file: Entry = {
  kind: 'file',
  mode: 0o644,
  owner: { uid: 1000, gid: 1000 },
  size: 5,
  mtimeNs: 1_000_000_000_123_456_789n,
  pointsTo: '',
  device: 0n,
  identity: '1:2',
  links: 1,
};

it('finds nothing in two that are the same but for which file they are', () => {
  expect(differencesOf(file, { ...file, identity: '1:3' })).toEqual({ others: [] });
});

it('minds nothing that is not known', () => {
  const found = { ...file, mode: 0, owner: { uid: 0, gid: 0 }, mtimeNs: 0n };
  expect(differencesOf({ kind: 'file', size: 5 }, found)).toEqual({ others: [] });
});

it('says what is there instead of what', () => {
  const found = { ...file, size: 6, mode: 0o4755, owner: { uid: 0, gid: 1000 }, mtimeNs: 0n };
  expect(differencesOf(file, found)).toEqual({
    owner: 'owner 0:1000 instead of 1000:1000',
    others: [
      '6 bytes instead of 5 bytes',
      'mode 4755 instead of 0644',
      'changed at 1970-01-01T00:00:00Z instead of 2001-09-09T01:46:40.123456789Z',
    ],
  });
});

it('says of another kind only that', () => {
  expect(differencesOf(file, { ...file, kind: 'FIFO', mode: 0 })).toEqual({ others: ['a FIFO instead of a file'] });
});

it('minds where a symbolic link points to and not its permissions', () => {
  const link: Entry = { ...file, kind: 'symbolic link', pointsTo: 'here', size: 0 };
  expect(differencesOf(link, { ...link, mode: 0o777 })).toEqual({ others: [] });
  expect(differencesOf(link, { ...link, pointsTo: 'th\nre' })).toEqual({
    others: ['points to th\\nre instead of here'],
  });
});

it('tells devices apart by their numbers', () => {
  const device: Entry = { ...file, kind: 'block device', device: 1n };
  expect(differencesOf(device, { ...device, device: 2n })).toEqual({ others: ['device 2 instead of 1'] });
});

it.each([
  ['the same', 0n, true],
  ['cut to 100 ns', -89n, true],
  ['cut to microseconds', -789n, true],
  ['cut to seconds', -123_456_789n, true],
  ['a little later', 1n, false],
  ['neither the same nor cut', -1n, false],
])('a time that is %s counts as the same or not', (_, away, isSame) => {
  expect(isSameTime(file.mtimeNs, file.mtimeNs + away)).toBe(isSame);
});

it('cuts times before 1970 towards the past, as file systems do', () => {
  expect(isSameTime(-500_000_000n, -1_000_000_000n)).toBe(true);
  expect(isSameTime(-500_000_000n, 0n)).toBe(false);
});
