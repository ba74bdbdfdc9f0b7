/** The Backups that carry the data: like any other, but that they go when the migration has ended. */
import { Backup } from '#crds/backup.ts';
import type { Mover } from '#crds/run/mover.ts';
import { durationMs } from '#crds/schema/duration.ts';
import { apiVersionOf } from '#runtime/client/types.ts';
import { DokkerrError } from '#runtime/errors.ts';
import { recordOf } from '#runtime/itinerary/record.ts';
import { fail, type StepEntry, type StepResult, wait } from '#runtime/itinerary/types.ts';
import { type MigrationScope, resolvedOf } from '../scope.ts';

/** Milliseconds between looks, besides those at every change of it: one that never begins changes no more. */
const recheckBackup = 15_000;
/** Characters of the run's UID in the names of its backups: a later Migration of the same name has others. */
const uidLength = 8;

/** @param pass `pass-1`, `final` */
export function backupName({ migration: { metadata } }: Pick<MigrationScope, 'migration'>, pass: string): string {
  return `${metadata.name}-${pass}-${metadata.uid?.slice(0, uidLength) ?? ''}`;
}

export type BackupOutcome =
  | { readonly kind: 'completed'; readonly backup: Backup }
  /** what the step has to say until then, or instead */
  | { readonly kind: 'step'; readonly result: StepResult };

export interface PassBackup {
  /** `pass-1`, `final` */
  readonly pass: string;
  /** the claims themselves are read, which nobody writes to then */
  readonly direct?: boolean;
  /** the step that takes it while the application stands still: it has to begin within the time to be ready again */
  readonly downtime?: 'Backup' | 'Synchronise' | undefined;
}

/** Makes it unless it is there. */
export async function passBackup(
  scope: MigrationScope,
  entry: StepEntry,
  { pass, direct = false, downtime }: PassBackup,
): Promise<BackupOutcome> {
  const name = backupName(scope, pass);
  const known = scope.backups.find(({ metadata }) => metadata.name === name);
  if (known === undefined) {
    await declare(scope, entry, name, direct);
    return { kind: 'step', result: wait('BackingUp', `Backup ${name} is about to begin`) };
  }
  const { outcome, failure, phase = 'Pending', progress } = known.status ?? {};
  if (outcome === 'Completed') return { kind: 'completed', backup: known };
  if (outcome === undefined) {
    if (progress !== undefined) scope.seen.progress = progress;
    const { readyWithin } = scope.migration.spec.switchOver;
    const hasBegun = phase !== 'Pending' && phase !== 'Queued';
    if (downtime !== undefined && !hasBegun && waitedMs(scope, entry, downtime) > durationMs(readyWithin)) {
      const message = `the application stands still, and Backup ${name} has not begun within ${readyWithin}: ${whyWaiting(known)}`;
      return { kind: 'step', result: fail(new DokkerrError('DKR_RUN_FAILED', message)) };
    }
    return { kind: 'step', result: wait('BackingUp', `Backup ${name} is ${phase}`, recheckBackup) };
  }
  const why = failure?.message ?? `it ended as ${outcome}`;
  const error = new DokkerrError('DKR_RUN_FAILED', `Backup ${name} did not complete: ${why}`, {
    ...(failure?.reason === undefined ? {} : { reason: failure.reason }),
  });
  return { kind: 'step', result: fail(error) };
}

function waitedMs({ pass }: MigrationScope, { run }: StepEntry, step: string): number {
  const since = recordOf(run, 'Forward', step)?.startedAt;
  return since === undefined ? 0 : pass.now().getTime() - Date.parse(since);
}

function whyWaiting({ status }: Backup): string {
  return status?.steps?.find(({ state }) => state === 'Running')?.message ?? 'nobody has looked at it yet';
}

async function declare(scope: MigrationScope, entry: StepEntry, name: string, direct: boolean): Promise<void> {
  const { store, volumes = [] } = resolvedOf(entry);
  const { mode, runPolicy } = scope.migration.spec;
  const isKept = mode === 'StageOnly';
  await scope.pass.children.apply(
    Backup,
    {
      apiVersion: apiVersionOf(Backup),
      kind: Backup.kind,
      metadata: { name },
      spec: {
        source: { claims: volumes.map(({ claim }) => ({ name: claim })) },
        ...(store === undefined ? {} : { storeRef: { name: store } }),
        // What comes of it is compared with the volume itself, while the application waits.
        ...(direct ? { copyMethod: 'Direct', verify: { mode: 'None' } } : {}),
        deletionPolicy: isKept ? 'Retain' : 'Delete',
        // An empty volume can be moved as well.
        onEmptySource: 'Allow',
        mover: moverOf(scope, entry),
        runPolicy,
      } as Backup['spec'],
    },
    // What was staged for another cluster is looked for there.
    { owned: !isKept },
  );
}

/** As whom files are read and written was settled by Plan, from the spec, the store and the workload. */
export function moverOf({ migration }: MigrationScope, entry: StepEntry): Mover {
  const { mover } = migration.spec;
  const { user, group, fsGroup } = resolvedOf(entry).runAs ?? {};
  const securityContext = {
    ...(user === undefined ? {} : { runAsUser: user }),
    ...(group === undefined ? {} : { runAsGroup: group }),
    ...(fsGroup === undefined ? {} : { fsGroup }),
  };
  return { ...mover, securityContext };
}
