import { describe, expect, it } from 'vitest';
import { backupSpec } from './spec.ts';

describe('backup create', () => {
  it('writes what was asked for, and leaves the rest to the API server', () => {
    expect(backupSpec({ container: 'notes' })).toEqual({ containerRef: { name: 'notes' } });
    expect(backupSpec({ claim: ['a', 'b'], store: 'offsite', verify: 'Data', ttl: '30d', pin: true })).toEqual({
      source: { claims: [{ name: 'a' }, { name: 'b' }] },
      storeRef: { name: 'offsite' },
      verify: { mode: 'Data' },
      ttl: '30d',
      pin: true,
    });
  });

  it('refuses no source and two sources, and says what to write instead', () => {
    expect(() => backupSpec({})).toThrow('write --container NAME, or --claim NAME');
    expect(() => backupSpec({ container: 'notes', claim: ['a'] })).toThrow('--container and --claim are two sources');
  });
});
