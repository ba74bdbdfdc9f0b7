/**
 * Snapshot: freezes every claim at one moment. It is done once all are cut, which is when the workload may go on; that they
 * can be used may take longer (`copy.ts`).
 */
import { counted } from '#contracts/text/figures.ts';
import type { ResolvedBackup } from '#crds/backup.ts';
import { type PersistentVolumeClaim, StorageClass, VolumeSnapshot } from '#runtime/client/kinds.ts';
import { apiVersionOf } from '#runtime/client/types.ts';
import { rfc3339 } from '#runtime/controller/conditions.ts';
import { done, type RunStep, type StepEntry, skip, wait } from '#runtime/itinerary/types.ts';
import { copyLabel, makeCopy } from '../copies.ts';
import { type BackupScope, resolvedOf } from '../scope.ts';

/** Milliseconds; storage that copies a volume in full to make a snapshot takes minutes. */
const snapshotDeadline = 30 * 60_000;

export const snapshot: RunStep<BackupScope> = {
  name: 'Snapshot',
  effect: true,
  deadline: () => snapshotDeadline,
  run: async (scope, entry) => {
    const { copyMethod, claims = [] } = resolvedOf(entry);
    if (copyMethod === 'Direct') return skip('the claims are read while they are in use (copyMethod Direct)');
    const copies = claims.map(({ name }, index) => ({ claim: name, copy: `${entry.effectName}-${index}` }));
    const outcome = copyMethod === 'Snapshot' ? await takeSnapshots(scope, claims, entry) : await clone(scope, copies);
    if (outcome.waiting !== undefined) return wait('Snapshotting', outcome.waiting);
    const message = `${counted(copies.length, 'claim')} copied by ${copyMethod}`;
    return done(message, { copies, ...(outcome.isCut ? { cutAt: rfc3339(scope.pass.now()) } : {}) });
  },
};

interface Outcome {
  /** what is waited for; the rest is not known until then */
  readonly waiting?: string;
  /** nothing that the workload writes from now on is in the copies */
  readonly isCut: boolean;
}

/** All are asked for before any is waited for. */
async function takeSnapshots(
  { pass }: BackupScope,
  claims: NonNullable<ResolvedBackup['claims']>,
  { effectName }: StepEntry,
): Promise<Outcome> {
  const live = [];
  for (const [index, { name, snapshotClass }] of claims.entries()) {
    live.push(
      await pass.children.apply(VolumeSnapshot, {
        apiVersion: apiVersionOf(VolumeSnapshot),
        kind: VolumeSnapshot.kind,
        metadata: { name: `${effectName}-${index}`, labels: { [copyLabel]: 'snapshot' } },
        spec: {
          source: { persistentVolumeClaimName: name },
          ...(snapshotClass === undefined ? {} : { volumeSnapshotClassName: snapshotClass }),
        },
      }),
    );
  }
  const uncut = live.find(({ status }) => status?.creationTime === undefined && status?.readyToUse !== true);
  if (uncut === undefined) return { isCut: true };
  const { persistentVolumeClaimName = '' } = uncut.spec.source;
  const problem = uncut.status?.error?.message;
  const waiting = `the snapshot of ${persistentVolumeClaimName} is not cut yet`;
  return { isCut: false, waiting: problem === undefined ? waiting : `${waiting}: ${problem}` };
}

/** A clone is cut when it is bound; where storage waits for a pod, that is not before the mover's is there. */
async function clone(scope: BackupScope, copies: readonly { claim: string; copy: string }[]): Promise<Outcome> {
  const live: { claim: string; made: PersistentVolumeClaim }[] = [];
  for (const { claim, copy } of copies) live.push({ claim, made: await makeCopy(scope, claim, copy, false) });
  const unbound = live.filter(({ made }) => made.status?.phase !== 'Bound');
  const classes = scope.pass.cache.informer(StorageClass);
  const isLate = ({ made: { spec } }: { made: PersistentVolumeClaim }) =>
    spec?.storageClassName !== undefined && classes.get(spec.storageClassName)?.volumeBindingMode !== 'Immediate';
  if (unbound.some(isLate)) return { isCut: false };
  const [first] = unbound;
  return first === undefined
    ? { isCut: true }
    : { isCut: false, waiting: `the clone of ${first.claim} is not bound yet` };
}
