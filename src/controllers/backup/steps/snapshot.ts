/** Snapshot: freezes every claim at one moment in a copy that the mover reads, so that the workload goes on meanwhile. */
import { counted } from '#contracts/text/figures.ts';
import type { ResolvedBackup } from '#crds/backup.ts';
import { PersistentVolumeClaim, VolumeSnapshot } from '#runtime/client/kinds.ts';
import { apiVersionOf } from '#runtime/client/types.ts';
import { DokkerrError } from '#runtime/errors.ts';
import { done, type RunStep, type StepEntry, skip, wait } from '#runtime/itinerary/types.ts';
import { copyLabel } from '../copies.ts';
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
    const names = claims.map(({ name }, index) => ({ claim: name, copy: `${entry.effectName}-${index}` }));
    if (copyMethod === 'Snapshot') {
      const waiting = await takeSnapshots(scope, claims, entry);
      if (waiting !== undefined) return wait('Snapshotting', waiting);
    }
    for (const { claim, copy } of names) await makeCopy(scope, claim, copy, copyMethod === 'Snapshot');
    return done(`${counted(names.length, 'claim')} copied by ${copyMethod}`, { copies: names });
  },
};

/** Undefined once every snapshot can be used; else what is waited for. All are asked for before any is waited for. */
async function takeSnapshots(
  { pass }: BackupScope,
  claims: NonNullable<ResolvedBackup['claims']>,
  { effectName }: StepEntry,
): Promise<string | undefined> {
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
  const unready = live.find(({ status }) => status?.readyToUse !== true);
  if (unready === undefined) return undefined;
  const { persistentVolumeClaimName = '' } = unready.spec.source;
  const problem = unready.status?.error?.message;
  return `the snapshot of ${persistentVolumeClaimName} is not ready${problem === undefined ? '' : `: ${problem}`}`;
}

/** A claim with the same content, for the mover alone. */
async function makeCopy(
  { pass, namespace }: BackupScope,
  claim: string,
  copy: string,
  fromSnapshot: boolean,
): Promise<void> {
  const original = await pass.client.get(PersistentVolumeClaim, { namespace, name: claim });
  if (original === undefined) {
    throw new DokkerrError('DKR_SNAPSHOT_FAILED', `claim ${claim} was deleted while it was being copied`);
  }
  const { storageClassName } = original.spec ?? {};
  const storage = original.status?.capacity?.storage ?? original.spec?.resources?.requests?.storage ?? '1Gi';
  await pass.children.apply(PersistentVolumeClaim, {
    apiVersion: apiVersionOf(PersistentVolumeClaim),
    kind: PersistentVolumeClaim.kind,
    metadata: { name: copy, labels: { [copyLabel]: 'claim' } },
    spec: {
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage } },
      ...(storageClassName === undefined ? {} : { storageClassName }),
      dataSource: fromSnapshot
        ? { apiGroup: VolumeSnapshot.group, kind: VolumeSnapshot.kind, name: copy }
        : { kind: PersistentVolumeClaim.kind, name: claim },
    },
  });
}
