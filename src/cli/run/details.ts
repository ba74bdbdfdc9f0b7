/** A Backup, a Restore or a Migration in full, for `show`. Pure. */
import { formatBytes } from '#contracts/text/figures.ts';
import type { Backup, BackupVolume } from '#crds/backup.ts';
import type { Restore } from '#crds/restore.ts';
import { migrationFields, migrationSections } from '../migration/details.ts';
import { age, span } from '../render/age.ts';
import { type Field, fieldLines, section } from '../render/fields.ts';
import { oneLine } from '../render/one-line.ts';
import { table } from '../render/table.ts';
import { isMigration, isRestore, type Run } from './types.ts';
import { type ViewOptions, view } from './view.ts';

/** Fields, steps, volumes, and the files that could not be read. */
export function details(run: Run, options: ViewOptions): string[] {
  return [
    ...fieldLines(fieldsOf(run, options.now), options.paint),
    ...section('Steps', view(run, options)),
    ...sectionsOf(run, options),
  ];
}

function sectionsOf(run: Run, options: ViewOptions): string[] {
  if (isMigration(run)) return migrationSections(run, options.paint);
  if (isRestore(run)) return section('Volumes', restoredVolumes(run, options));
  return [
    ...section('Volumes', storedVolumes(run, options)),
    ...section('Files that could not be read', unreadable(run)),
  ];
}

function fieldsOf(run: Run, now: Date): Field[] {
  const own = isMigration(run) ? migrationFields(run) : isRestore(run) ? ofRestore(run) : ofBackup(run);
  return [...identity(run, now), ...own, ...failure(run)];
}

function identity({ kind, metadata, status }: Run, now: Date): Field[] {
  const { phase = 'Pending', startedAt, completedAt } = status ?? {};
  return [
    [kind, metadata.name],
    ['Namespace', metadata.namespace],
    ['Phase', phase],
    ['Begun', startedAt === undefined ? undefined : `${startedAt} (${age(startedAt, now)} ago)`],
    ['Ended', completedAt === undefined ? undefined : `${completedAt}${tookFrom(startedAt, completedAt)}`],
  ];
}

function tookFrom(startedAt: string | undefined, completedAt: string): string {
  return startedAt === undefined ? '' : ` (took ${span(Date.parse(completedAt) - Date.parse(startedAt))})`;
}

function ofBackup({ spec, status }: Backup): Field[] {
  const verification = status?.verification;
  return [
    ['Of', status?.source],
    ['Store', status?.resolved?.store ?? spec.storeRef?.name],
    ['Read from', status?.resolved?.copyMethod],
    ['Size', status?.size],
    ['Added', status?.added],
    ['Verified', verification === undefined ? undefined : `${verification.result} (${verification.mode})`],
    ['Expires', status?.expiresAt],
    ['Pinned', spec.pin ? 'yes' : undefined],
    [
      'When deleted',
      spec.deletionPolicy === 'Delete' ? 'its data is removed from the store' : 'its data stays in the store',
    ],
  ];
}

function ofRestore({ status }: Restore): Field[] {
  const { resolved, verification } = status ?? {};
  return [
    ['From', status?.source],
    ['Backup', resolved?.backup],
    ['Of the time', resolved?.pointInTime],
    ['To', status?.target],
    ['Store', resolved?.store],
    [
      'Verified',
      verification === undefined
        ? undefined
        : `${verification.result} (${verification.mode}, ${verification.filesFound} of ${verification.filesExpected} files)`,
    ],
    ['Safety backup', status?.safetyBackupRef?.name],
  ];
}

function failure({ status }: Run): Field[] {
  const { failure: failed, failureClass } = status ?? {};
  if (failed === undefined) return [];
  const kind = [failed.code, failureClass].filter((part) => part !== undefined).join(', ');
  return [['Failed', `at ${failed.step}: ${failed.message} (${kind})`]];
}

function storedVolumes({ status }: Backup, { paint }: ViewOptions): string[] {
  const volumes = status?.volumes ?? [];
  if (volumes.length === 0) return [];
  const bytes = (value: number | undefined) => ({ text: value === undefined ? '' : formatBytes(value) });
  const count = (value: number | undefined) => ({ text: value === undefined ? '' : String(value) });
  const rows = volumes.map((volume: BackupVolume) => [
    { text: volume.claim },
    { text: volume.snapshotID?.slice(0, 8) ?? '' },
    bytes(volume.sizeBytes),
    bytes(volume.storedBytes),
    count(volume.filesTotal),
    count(volume.filesNew),
    count(volume.filesChanged),
    count(volume.filesFailed),
  ]);
  return table(['CLAIM', 'SNAPSHOT', 'SIZE', 'ADDED', 'FILES', 'NEW', 'CHANGED', 'UNREADABLE'], rows, paint);
}

function restoredVolumes({ status }: Restore, { paint }: ViewOptions): string[] {
  const volumes = status?.resolved?.volumes ?? [];
  if (volumes.length === 0) return [];
  const rows = volumes.map(({ claim, snapshotID, sizeBytes }) => [
    { text: claim },
    { text: snapshotID.slice(0, 8) },
    { text: sizeBytes === undefined ? '' : formatBytes(sizeBytes) },
  ]);
  return table(['CLAIM', 'SNAPSHOT', 'SIZE'], rows, paint);
}

function unreadable({ status }: Backup): string[] {
  return (status?.volumes ?? []).flatMap(({ claim, unreadable: files = [] }) =>
    files.map((file) => `${claim}: ${oneLine(file)}`),
  );
}
