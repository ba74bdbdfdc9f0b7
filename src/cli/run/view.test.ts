import { describe, expect, it } from 'vitest';
import { plain } from '../terminal/paint.ts';
import { underWay } from './testing.ts';
import { bar, figures, transferOf } from './transfer.ts';
import { view } from './view.ts';

const now = new Date('2026-11-23T01:00:12Z');

describe('a run on a terminal', () => {
  it('ticks off its steps, shows how far the one at work is, and leaves out a way back nobody walked', () => {
    expect(view(underWay, { now, width: 100, paint: plain })).toEqual([
      '✓ Initiate         2s',
      '▸ Store            10s  0 of 1 claim stored',
      `  ${'█'.repeat(12)}${'░'.repeat(12)}  50%  512 MiB of 1 GiB  64 MiB/s  8s left`,
      '· Verify',
      '· CleanUp',
    ]);
  });

  it('never has a line wider than the terminal, which could not be drawn over', () => {
    for (const width of [20, 40, 60, 79]) {
      for (const line of view(underWay, { now, width, paint: plain })) expect(line.length).toBeLessThanOrEqual(width);
    }
  });

  it('shows no bar that belongs to an earlier step', () => {
    const { status = {} } = underWay;
    const steps = [{ name: 'Verify', state: 'Running' as const, startedAt: '2026-11-23T01:00:11Z' }];
    expect(transferOf({ ...underWay, status: { ...status, steps } })).toBeUndefined();
  });
});

describe('a transfer', () => {
  it('has a bar that is empty at nothing, full at all, and never fuller', () => {
    expect([0, 50, 100, 120].map((percent) => bar(percent, 4))).toEqual(['░░░░', '██░░', '████', '████']);
  });

  it('says nothing of the time left while it stands still', () => {
    const { progress } = underWay.status ?? {};
    expect(progress && figures({ ...progress, bytesPerSecond: 0 })).toBe('512 MiB of 1 GiB');
  });
});
