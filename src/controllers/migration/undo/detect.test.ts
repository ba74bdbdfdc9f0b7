import { describe, expect, it } from 'vitest';
import type { RunStatus, StepRecord } from '#runtime/itinerary/types.ts';
import { aMigration } from '../testing/facts.ts';
import { whatToUndo } from './detect.ts';

const run = (states: Record<string, StepRecord['state']>): RunStatus => ({
  itinerary: 'Cancel',
  steps: Object.entries(states).map(([name, state]) => ({
    name,
    state,
    ...(state === 'Pending' ? {} : { startedAt: '2026-06-01T00:00:00Z' }),
  })),
});
const deleted = { deletionTimestamp: '2026-06-01T00:00:00Z' };
const kept = { SwitchOver: 'Succeeded', Resume: 'Succeeded', Keep: 'Failed' } as const;

describe('the way back', () => {
  it('has no claim to give back before the switch was begun', () => {
    const found = whatToUndo(aMigration(), run({ Load: 'Failed', SwitchOver: 'Pending' }), {});
    expect(found).toEqual({ isLeft: false, isSwitched: false, hasRun: false });
  });

  it('counts a switch as had that was begun, whatever became of it', () => {
    const found = whatToUndo(aMigration(), run({ SwitchOver: 'Failed', Resume: 'Pending' }), {});
    expect(found).toEqual({ isLeft: false, isSwitched: true, hasRun: false });
  });

  it('keeps what may have been written to the new volume', () => {
    expect(whatToUndo(aMigration(), run({ SwitchOver: 'Succeeded', Resume: 'Failed' }), {}).hasRun).toBe(true);
  });

  it('is not taken by deleting a migration whose switch is done, but by deleting one that is under way', () => {
    expect(whatToUndo(aMigration({}, deleted), run(kept), {}).isLeft).toBe(true);
    const skipped = run({ SwitchOver: 'Succeeded', Resume: 'Skipped' });
    expect(whatToUndo(aMigration({}, deleted), skipped, {}).isLeft).toBe(true);
    const starting = run({ SwitchOver: 'Succeeded', Resume: 'Failed' });
    expect(whatToUndo(aMigration({}, deleted), starting, {}).isLeft).toBe(false);
  });

  it('is taken when that was asked for before it was deleted', () => {
    const asked = aMigration({ rollback: { automatic: true, requested: true } }, deleted);
    expect(whatToUndo(asked, run(kept), {}).isLeft).toBe(false);
    expect(whatToUndo(aMigration({ cancel: true }, deleted), run(kept), {}).isLeft).toBe(false);
  });

  it('is none once the old volume was let go', () => {
    expect(whatToUndo(aMigration(), run(kept), { keptUntil: '2026-06-02T00:00:00Z' }).isLeft).toBe(true);
  });
});
