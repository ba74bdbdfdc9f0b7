import { describe, expect, it } from 'vitest';
import type { Migration, MigrationStatus } from '#crds/migration.ts';
import { currentStep, endedBadly, isStopped, keptVolumes } from './told.ts';

/** Sound: of a Migration, what is read here. */
const migration = (status: Partial<MigrationStatus>, dryRun = false) => ({ spec: { dryRun }, status }) as Migration;

const failure = { step: 'Verify', code: 'DKR_RUN_FAILED', class: 'permanent', message: 'they differ' } as const;
const since = { startedAt: '2026-11-23T01:00:00Z' };

describe('a migration that ended otherwise than it was asked to', () => {
  it.each<[string, Partial<MigrationStatus>, string | undefined]>([
    ['is one that failed where it was', { outcome: 'Failed', itinerary: 'Forward', failure }, 'Failed'],
    ['is one that was undone for a failure', { outcome: 'RolledBack', itinerary: 'Rollback', failure }, 'RolledBack'],
    ['is worst when its way back failed', { outcome: 'Failed', itinerary: 'Rollback', failure }, 'RollbackFailed'],
    ['is as bad when a cancel did', { outcome: 'Failed', itinerary: 'Cancel', failure }, 'RollbackFailed'],
    ['is not one that somebody asked to go back', { outcome: 'RolledBack', itinerary: 'Rollback' }, undefined],
    ['is not one that was canceled', { outcome: 'Canceled', itinerary: 'Cancel' }, undefined],
    ['is not one on its way back still', { itinerary: 'Rollback', failure }, undefined],
  ])('%s', (_, status, end) => {
    expect(endedBadly(migration(status))).toBe(end);
  });

  it('is never a plan that was refused', () => {
    expect(endedBadly(migration({ outcome: 'Failed', itinerary: 'Forward', failure }, true))).toBeUndefined();
  });
});

describe('an application', () => {
  it('is kept stopped from the request to stop it until it is ready again, or belongs elsewhere', () => {
    expect(isStopped(migration({ downtime: since, phase: 'Synchronising' }))).toBe(true);
    expect(isStopped(migration({ downtime: { ...since, endedAt: since.startedAt } }))).toBe(false);
    expect(isStopped(migration({ downtime: since, phase: 'Switched' }))).toBe(false);
    expect(isStopped(migration({ downtime: since, outcome: 'Failed' }))).toBe(false);
    expect(isStopped(migration({}))).toBe(false);
  });
});

it('the step at work is none once it has ended', () => {
  const steps = [{ name: 'Load', state: 'Running' as const, ...since }];
  expect(currentStep(migration({ steps }))?.name).toBe('Load');
  expect(currentStep(migration({ steps, outcome: 'Failed' }))).toBeUndefined();
});

it('kept volumes are the way back while there is one, and what stays for good', () => {
  const plan = { volumes: [{}, {}] } as unknown as NonNullable<MigrationStatus['plan']>;
  const retainedVolumes = [{ name: 'pvc-1', claim: 'shop/data', reason: 'its class retains' }];
  expect(keptVolumes(migration({ plan, phase: 'Synchronising' }))).toBe(0);
  expect(keptVolumes(migration({ plan, phase: 'Switched' }))).toBe(2);
  expect(keptVolumes(migration({ plan, phase: 'Completed', retainedVolumes }))).toBe(1);
});
