import { expect, it } from 'vitest';
import type { Backup } from '#crds/backup.ts';
import { latestSuccesses } from './metrics.ts';

const backup = (container: string | undefined, completedAt: string, outcome = 'Completed', namespace = 'shop') =>
  ({
    metadata: { namespace, name: completedAt },
    spec: container === undefined ? {} : { containerRef: { name: container } },
    status: { outcome, completedAt },
  }) as Backup;

it('the last success of a Container is its latest backup that completed, in its own namespace', () => {
  const found = latestSuccesses([
    backup('notes', '2026-06-02T00:00:00Z'),
    backup('notes', '2026-06-01T00:00:00Z'),
    backup('notes', '2026-06-03T00:00:00Z', 'Failed'),
    backup('notes', '2026-06-04T00:00:00Z', 'Completed', 'other'),
    backup(undefined, '2026-06-05T00:00:00Z'),
  ]);
  expect(found).toEqual([
    { namespace: 'shop', container: 'notes', at: Date.parse('2026-06-02T00:00:00Z') / 1000 },
    { namespace: 'other', container: 'notes', at: Date.parse('2026-06-04T00:00:00Z') / 1000 },
  ]);
});
