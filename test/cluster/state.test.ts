import { describe, expect, it } from 'vitest';
import {
  type ClusterRecord,
  checkClusterName,
  clusterId,
  defaultClusterName,
  isAbandoned,
  stateRoot,
} from './state.ts';

const owner = { pid: 10, startTime: 1, bootId: 'boot' };
const init = { pid: 20, startTime: 2, bootId: 'boot' };
const record: ClusterRecord = {
  name: 'one',
  dir: '/state/one',
  createdAt: '2026-01-01T00:00:00Z',
  owner,
  id: 'dokkerr-one-abcdef',
  init,
};

describe('the name of a cluster', () => {
  it('differs between two checkouts whose last folders are called the same', () => {
    const [one, other] = [defaultClusterName('/home/ann/dokkerr'), defaultClusterName('/home/bob/dokkerr')];
    expect(one).toMatch(/^dokkerr-[0-9a-f]{6}$/);
    expect(one).not.toBe(other);
  });

  it('is valid for any checkout', () => {
    for (const path of ['/', '/Ünïcode', '/a b (copy)', `/${'x'.repeat(200)}`]) {
      expect(() => checkClusterName(defaultClusterName(path))).not.toThrow();
    }
  });

  it('is refused with what to use instead', () => {
    expect(() => checkClusterName('../etc')).toThrow('use up to 40 lower-case letters');
  });

  it('gives namespaces and cgroups a name of their own under each state root', () => {
    expect(clusterId('one', '/a/one')).not.toBe(clusterId('one', '/b/one'));
  });
});

describe('a cluster is abandoned', () => {
  it('when its owner is dead, even if it still runs', () => {
    expect(isAbandoned(record, (identity) => identity === init)).toBe(true);
  });

  it('not while its owner lives', () => {
    expect(isAbandoned(record, (identity) => identity === owner)).toBe(false);
  });

  it('when it is detached and no longer runs', () => {
    expect(isAbandoned({ ...record, owner: 'detached' }, () => false)).toBe(true);
    expect(isAbandoned({ ...record, owner: 'detached' }, () => true)).toBe(false);
  });
});

it('keeps state where XDG_STATE_HOME says', () => {
  expect(stateRoot({ XDG_STATE_HOME: '/state' })).toBe('/state/dokkerr/clusters');
});
