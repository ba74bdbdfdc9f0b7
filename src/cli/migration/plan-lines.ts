/** `status.plan` for people: what becomes of which volume, who stands still, and what to know beforehand. Pure. */
import { counted, formatBytes } from '#contracts/text/figures.ts';
import type { Migration, MigrationPlan } from '#crds/migration.ts';
import { span } from '../render/age.ts';
import { type Field, section } from '../render/fields.ts';
import { oneLine } from '../render/one-line.ts';
import { table } from '../render/table.ts';
import type { Paint } from '../terminal/paint.ts';

/** One line a volume. */
export function volumeLines({ volumes }: MigrationPlan, paint: Paint): string[] {
  const rows = volumes.map(({ claim, fromClass = '', fromSize, toClass, toSize, bytes, target }) =>
    [claim, fromClass, fromSize, toClass, toSize, bytes === undefined ? '' : formatBytes(bytes), target].map(
      (text) => ({
        text,
      }),
    ),
  );
  return table(['CLAIM', 'FROM', 'SIZE', 'TO', 'SIZE', 'DATA', 'CLAIM THEN'], rows, paint);
}

export function planFields({ workloads, expectedDowntimeSeconds, estimatedFrom }: MigrationPlan): Field[] {
  const expected = expectedDowntimeSeconds === undefined ? undefined : `about ${span(1000 * expectedDowntimeSeconds)}`;
  return [
    [
      'Used by',
      workloads.map(({ kind, name, replicas }) => `${kind} ${name} (${counted(replicas, 'pod')})`).join(', '),
    ],
    ['Downtime', expected],
    ['Estimated from', estimatedFrom],
  ];
}

export function warningLines({ warnings = [] }: MigrationPlan): string[] {
  return section(
    'Warnings',
    warnings.map((warning) => `- ${oneLine(warning)}`),
  );
}

/** What keeps the plan from being made, where something does. */
export function objection({ status }: Migration): string | undefined {
  if (status?.failure !== undefined) return status.failure.message;
  const step = status?.steps?.find(({ name, itinerary = 'Forward' }) => name === 'Plan' && itinerary === 'Forward');
  // Something is not there that may come: whoever asks what would happen now is told so at once.
  return step?.state === 'Running' ? step.message : undefined;
}
