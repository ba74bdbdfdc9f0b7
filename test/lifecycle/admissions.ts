/** Admissions at a steady pace, whatever each of them takes: as many side by side as it needs, over connections that stay open. */
import { setInterval } from 'node:timers/promises';

/** Milliseconds between two batches: finer, the timers of a busy machine would set the pace. */
const batchEveryMs = 25;
/** Answers that may be awaited at once; an API server that lags behind is asked less, not buried. */
const mostInFlight = 100;

export interface Offered {
  readonly answered: number;
  /** answers in a second, over the whole time */
  readonly perSecond: number;
  /** what was said of those that failed */
  readonly failures: readonly string[];
}

/** Calls `admit` that often a second until told to stop; resolves then to what came of it. */
export function offerAdmissions(perSecond: number, admit: (name: string) => Promise<unknown>): () => Promise<Offered> {
  const startedAt = performance.now();
  const stopped = new AbortController();
  const inFlight = new Set<Promise<void>>();
  const failures: string[] = [];
  let offered = 0;
  let answered = 0;
  const ask = async (name: string) => {
    try {
      await admit(name);
    } catch (error) {
      failures.push(String(error));
    }
    answered++;
  };
  const offering = (async () => {
    for await (const _ of setInterval(batchEveryMs)) {
      if (stopped.signal.aborted) return;
      const due = Math.floor(((performance.now() - startedAt) / 1000) * perSecond) - offered;
      for (let count = Math.min(due, mostInFlight - inFlight.size); count > 0; count--) {
        const asked = ask(`try-${offered++}`).finally(() => inFlight.delete(asked));
        inFlight.add(asked);
      }
    }
  })();
  return async () => {
    stopped.abort();
    await offering;
    await Promise.all(inFlight);
    return { answered, perSecond: answered / ((performance.now() - startedAt) / 1000), failures };
  };
}
