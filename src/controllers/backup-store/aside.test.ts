import { expect, it } from 'vitest';
import { RunFailure } from '#contracts/mover/failure.ts';
import type { BackupStore } from '#crds/backup-store.ts';
import { DokkerrError } from '#runtime/errors.ts';
import { aside } from './aside.ts';
import type { BackupStoreScope } from './scope.ts';

/** Sound: a step that fails at once reads nothing else. */
const scope = {
  store: { status: { prune: { failures: 1, handledRequest: 'now' } } } as BackupStore,
} as BackupStoreScope;

const failing = (error: Error) => aside('prune', { name: 'Prune', run: () => Promise.reject(error) }).run(scope);

it('tells what a step fails of, and lets the walk go on, so that the store stays in use', async () => {
  const quota = await failing(new DokkerrError('DKR_API_QUOTA', 'no Job more'));
  const expected = { failures: 2, handledRequest: 'now', failure: 'Internal', message: 'no Job more' };
  expect(quota).toMatchObject({ kind: 'done', resolved: { prune: expected }, recheckAfter: 60_000 });
  const full = await failing(new RunFailure('NoSpace', 'it is full'));
  expect(full).toMatchObject({ resolved: { prune: { failure: 'NoSpace' } } });
});
