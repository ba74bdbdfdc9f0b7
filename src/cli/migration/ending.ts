/** What a Migration has come to, as parts of a sentence. Pure. */
import { counted } from '#contracts/text/figures.ts';
import type { Migration } from '#crds/migration.ts';
import { program } from '../invocation.ts';
import { span } from '../render/age.ts';

/** Of one that completed. */
export function moved({ spec, status }: Migration): string[] {
  if (spec.dryRun) return ['nothing was changed'];
  const { verification } = status ?? {};
  return [
    ...stoodStill(status),
    verification?.result === 'Passed'
      ? `${counted(verification.filesCompared, 'file')} compared (${verification.mode})`
      : 'source and copy were not compared',
  ];
}

/** Of one whose application runs on the new volume, while the old one is kept. */
export function switched({ metadata, status }: Migration): string {
  const { namespace = '', name } = metadata;
  const until = status?.pointOfNoReturn === undefined ? '' : ` until ${status.pointOfNoReturn}`;
  const told = [`Migration ${name} Switched`, ...stoodStill(status), `the old volume is kept${until}`].join(', ');
  return `${told}; go back with: ${program} migration rollback ${name} -n ${namespace}`;
}

function stoodStill(status: Migration['status']): string[] {
  const seconds = status?.downtime?.seconds;
  return seconds === undefined ? [] : [`the application stood still for ${span(1000 * seconds)}`];
}
