import pino from 'pino';
import { describe, expect, it, vi } from 'vitest';
import type { Cache } from '../cache/types.ts';
import { systemClock } from '../clock.ts';
import type { Controller } from '../controller/controller.ts';
import { DokkerrError } from '../errors.ts';
import type { BackgroundRecorder } from '../events/recorder.ts';
import { manualClock } from '../manual-clock.ts';
import { createMetrics } from '../metrics/metrics.ts';
import { healthReport, heartbeat } from './health.ts';
import { createManager, type Manager, type ManagerOptions } from './manager.ts';
import { exitCodes, runProcess } from './process.ts';

const silent = pino({ level: 'silent' });

/** Parts that only say when they start and stop: the order is what is tested, the parts have tests of their own. */
function managerOfParts(change: { controller?: Partial<Controller>; options?: Partial<ManagerOptions> } = {}) {
  const order: string[] = [];
  const untilAborted = (signal: AbortSignal) =>
    new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  const cache = {
    start: (signal: AbortSignal) => {
      order.push('cache started');
      signal.addEventListener('abort', () => order.push('cache stopped'));
    },
    synced: async () => undefined,
    status: () => [],
  } as unknown as Cache;
  const running = Promise.withResolvers<void>();
  const controller = {
    name: 'widget',
    problem: () => undefined,
    start: async (signal: AbortSignal) => {
      order.push('controller started');
      running.resolve();
      await untilAborted(signal);
      order.push('controller stopped');
    },
    ...change.controller,
  } as Controller;
  const events: BackgroundRecorder = { record: () => undefined, stop: async () => void order.push('events stopped') };
  const manager = createManager({
    cache,
    controllers: [controller],
    events,
    metrics: createMetrics('dokkerr'),
    log: silent,
    clock: systemClock,
    http: { host: '127.0.0.1', port: 0 },
    ...change.options,
  });
  return { manager, order, running: running.promise };
}

const get = async (manager: Manager, path: string) => {
  const response = await fetch(`http://127.0.0.1:${manager.port}${path}`);
  return { status: response.status, text: await response.text() };
};

describe('a manager', () => {
  it('starts its parts in order and stops them in reverse', async () => {
    const { manager, order, running } = managerOfParts();
    const stop = new AbortController();
    const run = manager.run(stop.signal);
    await running;
    stop.abort();
    expect(await run).toEqual({ clean: true });
    expect(order).toEqual([
      'cache started',
      'controller started',
      'controller stopped',
      'cache stopped',
      'events stopped',
    ]);
  });

  it('runs what there is where nothing is watched: the webhooks alone, ready once they serve', async () => {
    const serving = Promise.withResolvers<void>();
    const asked = Promise.withResolvers<void>();
    let stoppedInHaste: boolean | undefined;
    const webhooks = {
      name: 'webhooks',
      start: () => {
        asked.resolve();
        return serving.promise;
      },
      stop: async (haste: boolean) => {
        stoppedInHaste = haste;
      },
    };
    const nothing = { cache: undefined, controllers: undefined, events: undefined };
    const { manager } = managerOfParts({ options: { ...nothing, webhooks } });
    const stop = new AbortController();
    const run = manager.run(stop.signal);
    await asked.promise;
    expect((await get(manager, '/readyz')).status).toBe(503);
    serving.resolve();
    await vi.waitFor(async () => expect((await get(manager, '/readyz')).status).toBe(200));
    stop.abort();
    expect(await run).toEqual({ clean: true });
    expect(stoppedInHaste).toBe(false);
  });

  it('answers probes and metrics, and is ready only once its controllers run', async () => {
    const synced = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const cache = {
      start: () => begun.resolve(),
      synced: () => synced.promise,
      status: () => [],
    } as unknown as Cache;
    const { manager, running } = managerOfParts({ options: { cache } });
    const stop = new AbortController();
    const run = manager.run(stop.signal);
    await begun.promise;
    expect(await get(manager, '/healthz')).toMatchObject({ status: 200 });
    const notYet = await get(manager, '/readyz');
    expect(notYet.status).toBe(503);
    expect(notYet.text).toContain('the operator is syncing');
    synced.resolve();
    await running;
    expect(await get(manager, '/readyz?verbose')).toMatchObject({ status: 200 });
    expect((await get(manager, '/metrics')).text).toContain('process_cpu_seconds_total');
    expect((await get(manager, '/else')).status).toBe(404);
    stop.abort();
    await run;
  });

  it('fails liveness for a consumer that is lost and for a watch that is stalled', async () => {
    const cache = {
      start: () => undefined,
      synced: async () => undefined,
      status: () => [{ kind: 'Pod', objects: 0, hasSynced: true, lastEventAt: undefined, stalledSince: 1 }],
    } as unknown as Cache;
    const { manager, running } = managerOfParts({
      options: { cache },
      controller: {
        problem: () => 'the pass of a/b has run for 200 s',
      },
    });
    const stop = new AbortController();
    const run = manager.run(stop.signal);
    await running;
    const { status, text } = await get(manager, '/healthz');
    expect(status).toBe(503);
    expect(text).toContain('[-] controller-widget: the pass of a/b has run for 200 s');
    expect(text).toContain('[-] watches: stalled: Pod');
    stop.abort();
    await run;
  });

  it('gives up at the deadline on what does not stop, and says that it was not clean', async () => {
    const running = Promise.withResolvers<void>();
    const { manager } = managerOfParts({
      options: { stopDeadlineMs: 20 },
      controller: {
        start: () => {
          running.resolve();
          return new Promise<void>(() => undefined);
        },
      },
    });
    const stop = new AbortController();
    const run = manager.run(stop.signal);
    await running.promise;
    stop.abort();
    expect(await run).toEqual({ clean: false });
  });

  it('stops everything when a controller breaks, and says why', async () => {
    const { manager, order } = managerOfParts({
      controller: { start: async () => Promise.reject(new DokkerrError('DKR_INTERNAL', 'a bug')) },
    });
    await expect(manager.run(new AbortController().signal)).rejects.toThrow('a bug');
    expect(order).toContain('cache stopped');
  });

  it('says which address it cannot serve at', async () => {
    const first = managerOfParts();
    const stop = new AbortController();
    const run = first.manager.run(stop.signal);
    await first.running;
    const second = managerOfParts({ options: { http: { host: '127.0.0.1', port: first.manager.port ?? 0 } } });
    await expect(second.manager.run(stop.signal)).rejects.toMatchObject({ code: 'DKR_CONFIG_INVALID' });
    stop.abort();
    await run;
  });
});

describe('a health report', () => {
  it('names what is wrong', () => {
    const report = healthReport([
      { name: 'good', problem: () => undefined },
      { name: 'bad', problem: () => 'broken' },
    ]);
    expect(report).toEqual({ ok: false, text: '[+] good ok\n[-] bad: broken\nfailed\n' });
  });

  it('notices timers that have stopped', () => {
    const clock = manualClock();
    const stuck = { ...clock, after: () => () => undefined };
    const [beating, dead] = [heartbeat(clock), heartbeat(stuck)];
    clock.advance(31_000);
    expect(beating.problem()).toBeUndefined();
    expect(dead.problem()).toBe('no timer has run for 31 s');
    beating.stop();
    expect(clock.pending).toBe(0);
  });
});

describe('the process', () => {
  it('ends with 0 after a signal, once everything has stopped', async () => {
    const begun = Promise.withResolvers<void>();
    const code = runProcess(silent, async (signal) => {
      begun.resolve();
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      return { clean: true };
    });
    await begun.promise;
    process.kill(process.pid, 'SIGTERM');
    expect(await code).toBe(exitCodes.ok);
  });

  it('tells apart what the user can cure, what was late, and what nobody foresaw', async () => {
    const unusable = async () => Promise.reject(new DokkerrError('DKR_CRD_MISSING', 'install the definitions'));
    expect(await runProcess(silent, unusable)).toBe(exitCodes.unusable);
    expect(await runProcess(silent, async () => Promise.reject(new Error('bug')))).toBe(exitCodes.failure);
    expect(await runProcess(silent, async () => ({ clean: false }))).toBe(exitCodes.late);
  });
});
