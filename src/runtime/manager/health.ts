/** What `/healthz` and `/readyz` are made of: named checks, each silent while all is well. */
import type { Clock } from '../clock.ts';

export interface HealthCheck {
  /** lower case, as it stands in the answer: `controller-container` */
  readonly name: string;
  /** What is wrong, in one line; undefined when nothing is. Must be quick: it runs at every probe. */
  readonly problem: () => string | undefined;
}

export interface HealthReport {
  readonly ok: boolean;
  /** one line a check, as kube-apiserver's `?verbose` writes them */
  readonly text: string;
}

export function healthReport(checks: readonly HealthCheck[]): HealthReport {
  const results = checks.map(({ name, problem }) => ({ name, problem: problem() }));
  const ok = results.every(({ problem }) => problem === undefined);
  const lines = results.map(({ name, problem }) =>
    problem === undefined ? `[+] ${name} ok` : `[-] ${name}: ${problem}`,
  );
  return { ok, text: [...lines, ok ? 'ok' : 'failed', ''].join('\n') };
}

/** A tick that comes this late means that nothing else ran meanwhile either. */
const BEAT_MS = 1000;
const LATE_MS = 30_000;

export interface Heartbeat extends HealthCheck {
  stop(): void;
}

/**
 * Notices timers that have stopped: sockets are served by another phase of the event loop, so a process can answer probes
 * while nothing it planned ever happens. A loop that is blocked outright answers no probe at all.
 */
export function heartbeat(clock: Clock): Heartbeat {
  let beatAt = clock.monotonic();
  let cancel: () => void;
  const arm = () => {
    cancel = clock.after(BEAT_MS, () => {
      beatAt = clock.monotonic();
      arm();
    });
  };
  arm();
  return {
    name: 'timers',
    problem: () => {
      const late = clock.monotonic() - beatAt;
      return late > LATE_MS ? `no timer has run for ${Math.round(late / 1000)} s` : undefined;
    },
    stop: () => cancel(),
  };
}
