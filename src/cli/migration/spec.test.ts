import { describe, expect, it } from 'vitest';
import { migrationSpec, type StartOptions } from './spec.ts';

const spec = (options: Partial<StartOptions>) => migrationSpec({ rollback: true, ...options });
const container = 'notes';
const claim = 'data';
const toClass = 'fast';

describe('migration start', () => {
  it('moves what a Container has, or one claim, and leaves to the cluster what has a default', () => {
    expect(spec({ container, toClass, toSize: '20Gi' })).toEqual({
      source: { containerRef: { name: 'notes' } },
      target: { storageClassName: 'fast', capacity: '20Gi' },
    });
    expect(spec({ claim, toAccessMode: 'ReadWriteMany', store: 'offsite' })).toEqual({
      source: { claimRef: { name: 'data' } },
      target: { accessModes: ['ReadWriteMany'] },
      storeRef: { name: 'offsite' },
    });
  });

  it('points what uses a claim at one of another name, but for a copy that nothing uses', () => {
    expect(spec({ claim, toName: 'data-2' })).toMatchObject({ switchOver: { strategy: 'NewClaim' } });
    expect(spec({ claim, toName: 'data', toNamespace: 'new-home' }).switchOver).toBeUndefined();
    const staged = spec({ claim, toName: 'look', stageOnly: true });
    expect(staged).toMatchObject({ mode: 'StageOnly', target: { name: 'look' } });
    expect(staged.switchOver).toBeUndefined();
  });

  it('has a word for everything that decides about the switch', () => {
    expect(
      spec({
        container,
        toClass,
        preSyncPasses: 2,
        verify: 'Full',
        requireApproval: true,
        readyWithin: '5m',
        keepSource: '7d',
        rollback: false,
      }),
    ).toMatchObject({
      preSyncPasses: 2,
      verify: { checksum: 'Full' },
      switchOver: { requireApproval: true, readyWithin: '5m' },
      keepSource: { for: '7d' },
      rollback: { automatic: false },
    });
  });

  it.each<[string, Partial<StartOptions>]>([
    ['nothing says what to move', { toClass }],
    ['--container and --claim are two sources', { container, claim, toClass }],
    ['nothing would change', { container }],
    ['--to-name is the name of one claim', { container, toName: 'data-2' }],
    ['write --to-name NAME too', { claim, toClass, stageOnly: true }],
    ['--stage-only switches nothing over', { claim, toName: 'look', stageOnly: true, requireApproval: true }],
  ])('refuses, since %s', (message, options) => {
    expect(() => spec(options)).toThrow(message);
  });
});
