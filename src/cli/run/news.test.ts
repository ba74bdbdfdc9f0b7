import { describe, expect, it } from 'vitest';
import { news } from './news.ts';
import { backupOf, underWay } from './testing.ts';

describe('news of a run', () => {
  it('are a line for each step that began or ended, and one for the transfer', () => {
    expect(news(undefined, underWay)).toEqual([
      'Initiate: done in 2s',
      'Store: 0 of 1 claim stored',
      '50%  512 MiB of 1 GiB  64 MiB/s  8s left',
    ]);
  });

  it('are none where nothing changed', () => {
    expect(news(underWay, structuredClone(underWay))).toEqual([]);
  });

  it('tell what a step waits for, again only when that changes', () => {
    const waiting = (message: string) => backupOf({ steps: [{ name: 'Initiate', state: 'Running', message }] });
    const busy = waiting('4 pods work on store offsite');
    expect(news(undefined, busy)).toEqual(['Initiate: 4 pods work on store offsite']);
    expect(news(busy, waiting('the store does not answer'))).toEqual(['Initiate: the store does not answer']);
  });

  it('tell what failed, without the control codes somebody put into it', () => {
    const failed = backupOf({ steps: [{ name: 'Store', state: 'Failed', message: 'no room\n\u001b[31mat all' }] });
    expect(news(undefined, failed)).toEqual(['Store: failed: no room at all']);
  });
});
