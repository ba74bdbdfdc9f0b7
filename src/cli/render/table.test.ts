import { describe, expect, it } from 'vitest';
import { painted, plain } from '../terminal/paint.ts';
import { age, span } from './age.ts';
import { cellsOf, valueAt } from './columns.ts';
import { section } from './fields.ts';
import { table } from './table.ts';

const now = new Date('2026-11-23T01:30:00Z');
const columns = [
  { name: 'Phase', type: 'string', jsonPath: '.status.phase', description: '' },
  { name: '%', type: 'integer', jsonPath: '.status.progress.percent', description: '' },
  { name: 'Id', type: 'string', jsonPath: '.status.id', description: '', priority: 1 },
  { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp', description: '' },
] as const;
const object = {
  apiVersion: 'v1',
  kind: 'Backup',
  metadata: { name: 'first', namespace: 'shop', creationTimestamp: '2026-11-23T01:25:00Z' },
  status: { phase: 'Completed', progress: { percent: 100 }, id: 'a\u001b[2J\nb' },
};

function rendered(options: { wide: boolean; namespaces: boolean }, paint = plain): string[] {
  const { head, rows } = cellsOf(columns, [object], { ...options, now });
  return table(head, rows, paint);
}

describe('a table', () => {
  it('has the columns the kind declares, aligned, with ages', () => {
    expect(rendered({ wide: false, namespaces: false })).toEqual([
      'NAME    PHASE       %     AGE',
      'first   Completed   100   5m',
    ]);
  });

  it('is wide on demand, tells the namespace on demand, and lets nobody draw on the terminal', () => {
    expect(rendered({ wide: true, namespaces: true })).toEqual([
      'NAMESPACE   NAME    PHASE       %     ID    AGE',
      'shop        first   Completed   100   a b   5m',
    ]);
  });

  it('is aligned by what is seen, not by the codes that paint it', () => {
    expect(rendered({ wide: false, namespaces: false }, painted)[1]).toBe(
      'first   \u001b[32mCompleted\u001b[39m   100   5m',
    );
  });

  it('leaves a cell empty whose path leads nowhere', () => {
    expect(valueAt(object, '.status.endpoints[0].address')).toBeUndefined();
    expect(valueAt({ status: { endpoints: [{ address: 'a:1' }] } }, '.status.endpoints[0].address')).toBe('a:1');
  });
});

describe('an age', () => {
  it('has two units at most', () => {
    const spans = [0, 119_000, 252_000, 3_600_000 * 3 + 300_000, 86_400_000 * 2 + 3 * 3_600_000, 86_400_000 * 90];
    expect(spans.map(span)).toEqual(['0s', '119s', '4m12s', '3h5m', '2d3h', '90d']);
  });

  it('is 0s where the clock of the cluster is ahead', () => {
    expect(age('2026-11-23T01:31:00Z', now)).toBe('0s');
    expect(age('never', now)).toBe('<unknown>');
  });
});

describe('a section', () => {
  it('is left out where there is nothing in it', () => {
    expect(section('Volumes', [])).toEqual([]);
    expect(section('Volumes', ['a'])).toEqual(['', 'Volumes', '  a']);
  });
});
