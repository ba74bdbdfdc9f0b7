import { describe, expect, it } from 'vitest';
import type { Event } from '#runtime/client/kinds.ts';
import { chronicle, eventEntries, podEntries } from './chronicle.ts';

/** Sound: of an Event, what is read here. */
const event = (fields: Partial<Event>) => fields as Event;

describe('what was told of a run', () => {
  it('is in the order of time, whoever told it', () => {
    const events = eventEntries([
      event({ eventTime: '2026-11-23T01:00:09.000000Z', type: 'Warning', reason: 'StoreFailed', note: 'no room' }),
      event({ eventTime: '2026-11-23T01:00:01.000000Z', type: 'Normal', reason: 'SnapshotSucceeded', note: 'cut' }),
    ]);
    const log =
      '2026-11-23T01:00:05.123456789Z {"type":"progress","phase":"Transferring","percent":12.6,"bytesDone":1024,"totalBytes":8192}\n2026-11-23T01:00:06Z Fatal: \u001b[31mfull\n';
    expect(chronicle([...events, ...podEntries('mover-x', log)])).toEqual([
      '2026-11-23T01:00:01Z  operator  SnapshotSucceeded: cut',
      '2026-11-23T01:00:05Z  mover-x   Transferring 12%  1 KiB of 8 KiB',
      '2026-11-23T01:00:06Z  mover-x   Fatal: full',
      '2026-11-23T01:00:09Z  operator  warning: StoreFailed: no room',
    ]);
  });

  it('counts what was told again and again', () => {
    const series = { count: 7, lastObservedTime: '2026-11-23T01:05:00.000000Z' };
    const [entry] = eventEntries([event({ series, type: 'Normal', reason: 'Queued', note: 'waits' })]);
    expect(entry).toEqual({ at: series.lastObservedTime, by: 'operator', text: 'Queued: waits (7 times)' });
  });

  it('shows a line as it is that was cut, or is not the mover’s', () => {
    expect(podEntries('p', '2026-11-23T01:00:05Z {"type":"prog').map(({ text }) => text)).toEqual(['{"type":"prog']);
  });
});
