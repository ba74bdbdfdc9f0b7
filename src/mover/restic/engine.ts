/** restic as an engine: one repository, one key. Relies on restic 0.19 being there (`ResticSetup.program`). */

import type { Engine } from '../engine.ts';
import { backup } from './backup.ts';
import { document } from './command.ts';
import { type ResticSetup, resticProgram } from './environment.ts';
import { addKey, currentKey, removeKey } from './keys.ts';
import { check, forget, prune, repair, unlock } from './maintenance.ts';
import { config } from './messages.ts';
import { restore } from './restore.ts';
import { listEntries, listSnapshots, storedBytes } from './snapshots.ts';

/** An engine for that repository; nothing is run yet. */
export function resticEngine(setup: ResticSetup): Engine {
  const restic = resticProgram(setup);
  return {
    init: async ({ signal }) => (await document(restic, config, ['init'], signal)).id,
    repositoryID: async ({ signal }) => (await document(restic, config, ['cat', 'config', '--no-lock'], signal)).id,
    keyID: (options) => currentKey(restic, options),
    backup: (order, options) => backup(restic, order, options),
    list: (snapshotID, visitor, options) => listEntries(restic, snapshotID, visitor, options),
    restore: (order, options) => restore(restic, order, options),
    snapshots: (tags, options) => listSnapshots(restic, tags, options),
    check: (order, options) => check(restic, order, options),
    storedBytes: (snapshotID, options) => storedBytes(restic, snapshotID, options),
    forget: (snapshotIDs, options) => forget(restic, snapshotIDs, options),
    prune: (maxUnusedPercent, options) => prune(restic, maxUnusedPercent, options),
    repair: (damagedPacks, options) => repair(restic, damagedPacks, options),
    unlock: (all, options) => unlock(restic, all, options),
    addKey: (passwordFile, options) => addKey(restic, passwordFile, options),
    removeKey: (keyID, options) => removeKey(restic, keyID, options),
  };
}
