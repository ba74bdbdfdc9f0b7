import pino from 'pino';
import { describe, expect, it } from 'vitest';
import type { Applied, Client, Kind, KubernetesObject, ObjectKey, Patch } from '../client/types.ts';
import { DokkerrError } from '../errors.ts';
import { manualClock } from '../manual-clock.ts';
import { cutBytes } from './event-object.ts';
import { createEventRecorder } from './recorder.ts';
import type { EventNote } from './types.ts';

const pod: KubernetesObject = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { namespace: 'shop', name: 'web-0', uid: 'u1' },
};
const started: EventNote = { type: 'Normal', reason: 'Started', action: 'Ready', note: 'the pod started' };

/** Writes as the recorder sees them; `answer` may refuse one. What the API server makes of them is tested against one. */
function recorderTo(answer: (write: string) => void = () => undefined) {
  const clock = manualClock();
  const writes: string[] = [];
  const dropped: string[] = [];
  const take = (write: string) => {
    answer(write);
    writes.push(write);
  };
  const client = {
    create: async <T extends KubernetesObject>(_kind: Kind<T>, object: Applied<T>) => {
      const { note, series } = object as Applied<T> & { note: string; series?: { count: number } };
      take(`create ${object.metadata.namespace} ${note}${series === undefined ? '' : ` x${series.count}`}`);
      return object as unknown as T;
    },
    patch: async <T extends KubernetesObject>(_kind: Kind<T>, _key: ObjectKey, patch: Patch) => {
      take(`count ${(patch as { series: { count: number } }).series.count}`);
      return {} as T;
    },
  } as Client;
  const recorder = createEventRecorder({
    client,
    clock,
    log: pino({ level: 'silent' }),
    metrics: { eventDropped: (reason) => dropped.push(reason) },
    reporter: { controller: 'dokkerr.io/controller', instance: 'test' },
  });
  const settled = () => new Promise<void>((resolve) => setImmediate(resolve));
  return { recorder, clock, writes, dropped, settled };
}

describe('the event recorder', () => {
  it('writes an event into the namespace of its object', async () => {
    const { recorder, writes, settled } = recorderTo();
    recorder.record(pod, started);
    await settled();
    expect(writes).toEqual(['create shop the pod started']);
  });

  it('counts the same event up instead of writing it again, at most every 30 s', async () => {
    const { recorder, writes, settled, clock } = recorderTo();
    for (let time = 0; time < 5; time++) {
      recorder.record(pod, started);
      await settled();
    }
    expect(writes).toHaveLength(1);
    clock.advance(30_000);
    await settled();
    expect(writes.slice(1)).toEqual(['count 5']);
  });

  it('begins a new series after six minutes of silence', async () => {
    const { recorder, writes, settled, clock } = recorderTo();
    recorder.record(pod, started);
    clock.advance(6 * 60_000 + 1);
    recorder.record(pod, started);
    await settled();
    expect(writes).toEqual(['create shop the pod started', 'create shop the pod started']);
  });

  it('cuts an object off that talks too much, and lets it speak again later', async () => {
    const { recorder, writes, dropped, settled, clock } = recorderTo();
    for (let time = 0; time < 40; time++) recorder.record(pod, { ...started, note: `note ${time}` });
    await settled();
    expect(writes).toHaveLength(25);
    expect(dropped).toHaveLength(15);
    clock.advance(5 * 60_000);
    recorder.record(pod, { ...started, note: 'later' });
    await settled();
    expect(writes).toHaveLength(26);
  });

  it('writes what is left when it stops, and nothing after that', async () => {
    const { recorder, writes, settled, clock } = recorderTo();
    recorder.record(pod, started);
    await settled();
    recorder.record(pod, started);
    await recorder.stop(1000);
    recorder.record(pod, { ...started, note: 'too late' });
    await settled();
    expect(writes).toEqual(['create shop the pod started', 'count 2']);
    expect(clock.pending).toBe(0);
  });

  it('tries a write again that failed for a passing reason', async () => {
    let isDown = true;
    const { recorder, writes, settled, clock } = recorderTo(() => {
      if (isDown) throw new DokkerrError('DKR_API_UNREACHABLE', 'down');
    });
    recorder.record(pod, started);
    await settled();
    isDown = false;
    clock.advance(500);
    await settled();
    expect(writes).toEqual(['create shop the pod started']);
  });

  it('counts a refused event as dropped and goes on', async () => {
    const { recorder, writes, dropped, settled } = recorderTo((write) => {
      if (write.includes('refused')) throw new DokkerrError('DKR_API_FORBIDDEN', 'no');
    });
    recorder.record(pod, { ...started, note: 'refused' });
    recorder.record(pod, started);
    await settled();
    expect(dropped).toEqual(['failed']);
    expect(writes).toEqual(['create shop the pod started']);
  });

  it('takes a name that exists already as written: the answer to an earlier attempt was lost', async () => {
    const { recorder, dropped, settled } = recorderTo(() => {
      throw new DokkerrError('DKR_API_CONFLICT', 'exists');
    });
    recorder.record(pod, started);
    await settled();
    expect(dropped).toEqual([]);
  });

  it('gives up at the deadline when the cluster does not answer', async () => {
    const { recorder, dropped, settled, clock } = recorderTo(() => {
      throw new DokkerrError('DKR_API_UNREACHABLE', 'down');
    });
    recorder.record(pod, started);
    await settled();
    const stopped = recorder.stop(100);
    clock.advance(100);
    await stopped;
    expect(dropped).toEqual(['failed']);
  });
});

describe('a note', () => {
  it('is cut at whole characters', () => {
    const cut = cutBytes('ä'.repeat(600), 1024);
    expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(1024);
    expect(cut).toMatch(/^ä+…$/);
    expect(cutBytes('short', 1024)).toBe('short');
  });
});
