// Takes things down in order when this process is told to end by SIGINT or SIGTERM.

type Signal = 'SIGINT' | 'SIGTERM';

const pending = new Set<() => Promise<void>>();
let ending = false;

async function wind(signal: Signal): Promise<void> {
  if (ending) return;
  ending = true;
  const results = await Promise.allSettled([...pending].map((work) => work()));
  for (const result of results) if (result.status === 'rejected') console.error(result.reason);
  process.off('SIGINT', wind);
  process.off('SIGTERM', wind);
  // What the signal would have done without us: the parent sees that we ended by it.
  process.kill(process.pid, signal);
}

/** Runs `work` before this process ends by an interrupt; returns a function that forgets it again. */
export function onInterrupt(work: () => Promise<void>): () => void {
  if (pending.size === 0) {
    process.on('SIGINT', wind);
    process.on('SIGTERM', wind);
  }
  pending.add(work);
  return () => {
    pending.delete(work);
    if (pending.size > 0 || ending) return;
    process.off('SIGINT', wind);
    process.off('SIGTERM', wind);
  };
}
