/** What `show` tells of a Migration besides its steps. Pure. */
import type { Migration } from '#crds/migration.ts';
import { program } from '../invocation.ts';
import { span } from '../render/age.ts';
import { type Field, section } from '../render/fields.ts';
import { oneLine } from '../render/one-line.ts';
import type { Paint } from '../terminal/paint.ts';
import { planFields, volumeLines, warningLines } from './plan-lines.ts';

export function migrationFields(migration: Migration): Field[] {
  const { spec, status } = migration;
  const { plan, verification, backupRef, pointOfNoReturn } = status ?? {};
  const stoodStill = downtimeOf(migration);
  return [
    ['Of', status?.source],
    ['To', status?.target],
    ['Store', status?.resolved?.store ?? spec.storeRef?.name],
    ...(plan === undefined
      ? []
      : planFields(plan).map((field): Field => (field[0] === 'Downtime' ? ['Expected downtime', field[1]] : field))),
    ['Approval', approvalOf(migration)],
    ['Downtime', stoodStill],
    ['Backup', backupRef?.name],
    [
      'Verified',
      verification === undefined
        ? undefined
        : `${verification.result} (${verification.mode}, ${verification.filesCompared} files, ${verification.bytesRead} bytes)`,
    ],
    ['Way back', pointOfNoReturn === undefined ? undefined : `until ${pointOfNoReturn}`],
  ];
}

export function migrationSections({ status }: Migration, paint: Paint): string[] {
  const { plan, retainedVolumes = [] } = status ?? {};
  return [
    ...(plan === undefined ? [] : [...section('Volumes', volumeLines(plan, paint)), ...warningLines(plan)]),
    ...section(
      'Volumes that are in no use and were not deleted',
      retainedVolumes.map(({ name, claim, reason }) => `${name} (of ${claim}): ${oneLine(reason)}`),
    ),
  ];
}

function approvalOf({ metadata, spec, status }: Migration): string | undefined {
  const { requireApproval, approved } = spec.switchOver;
  if (!requireApproval) return undefined;
  if (approved) return 'given';
  const how = `${program} migration approve ${metadata.name} -n ${metadata.namespace ?? ''}`;
  return status?.phase === 'AwaitingApproval' ? `waits for it: ${how}` : 'needed';
}

function downtimeOf({ status }: Migration): string | undefined {
  const { downtime } = status ?? {};
  if (downtime === undefined) return undefined;
  return downtime.seconds === undefined ? `since ${downtime.startedAt}` : span(1000 * downtime.seconds);
}
