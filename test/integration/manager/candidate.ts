/** A process's worth of operator inside the test: a manager with an election and a controller of Widgets. */
import pino from 'pino';
import { createCache } from '#runtime/cache/cache.ts';
import { createClient } from '#runtime/client/client.ts';
import { Lease } from '#runtime/client/kinds.ts';
import type { Transport } from '#runtime/client/transport.ts';
import { type Clock, systemClock } from '#runtime/clock.ts';
import { createController } from '#runtime/controller/controller.ts';
import { createEventRecorder } from '#runtime/events/recorder.ts';
import type { LeaseTimings } from '#runtime/manager/lease/decision.ts';
import { createElection, type Election } from '#runtime/manager/lease/election.ts';
import { fencedClient } from '#runtime/manager/lease/fence.ts';
import { createManager } from '#runtime/manager/manager.ts';
import { createMetrics } from '#runtime/metrics/metrics.ts';
import { widgetController } from '../controller/widget.ts';

/** A fifth of the real ones, so that a test takes seconds. */
export const quickTimings: LeaseTimings = { durationMs: 3000, renewDeadlineMs: 2000, retryMs: 400 };

export interface CandidateOptions {
  readonly transport: Transport;
  /** its writes carry the field manager `<name>-widget` */
  readonly name: string;
  readonly namespace: string;
  /** added to its wall clock */
  readonly clockSkewMs?: number;
}

export interface Candidate {
  readonly election: Election;
  /** Resolves once it has said that it stands by while another leads, so has seen the Lease. */
  readonly standingBy: Promise<void>;
  /** how its run ended; never rejects */
  readonly ended: Promise<{ clean: boolean } | Error>;
  stop(): Promise<unknown>;
}

export function startCandidate({ transport, name, namespace, clockSkewMs = 0 }: CandidateOptions): Candidate {
  const standingBy = Promise.withResolvers<void>();
  const log = pino({}, { write: (line) => line.includes('standing by') && standingBy.resolve() });
  const clock: Clock = { ...systemClock, now: () => new Date(Date.now() + clockSkewMs) };
  const metrics = createMetrics('dokkerr');
  const client = createClient(transport);
  const cache = createCache(transport, { log, namespaces: [namespace] });
  const reporter = { controller: 'test.dokkerr.io/widget', instance: name };
  const events = createEventRecorder({ client, clock, log, metrics, reporter });
  const watched = cache.informer(Lease, { fieldSelector: 'metadata.name=leader' });
  const election = createElection({
    client,
    clock,
    log,
    events,
    key: { namespace, name: 'leader' },
    identity: name,
    timings: quickTimings,
    random: Math.random,
    changes: (listener) => watched.subscribe(({ type, object }) => listener(type === 'deleted' ? undefined : object)),
  });
  const acting = fencedClient(client, () => election.isHeld());
  const identity = { name, domain: 'dokkerr.io' };
  const deps = { client: acting, cache, events, log, metrics, clock, identity };
  const controllers = [createController(widgetController(), deps)];
  const http = { host: '127.0.0.1', port: 0 };
  const manager = createManager({ cache, controllers, events, metrics, log, clock, election, http });
  const abort = new AbortController();
  const ended = manager.run(abort.signal).catch((thrown: unknown) => thrown as Error);
  return {
    election,
    standingBy: standingBy.promise,
    ended,
    stop: () => {
      abort.abort();
      return ended;
    },
  };
}
