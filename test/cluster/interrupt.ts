// Takes things down in order when this process is told to end by SIGINT or SIGTERM.

const signals = ['SIGINT', 'SIGTERM'] as const;

const pending = new Set<() => Promise<void>>();
let ending = false;

function listen(on: boolean): void {
  for (const signal of signals) {
    if (on) process.on(signal, end);
    else process.off(signal, end);
  }
}

function end(signal: NodeJS.Signals): void {
  if (ending) return;
  ending = true;
  void Promise.allSettled([...pending].map((work) => work())).then((results) => {
    for (const result of results) if (result.status === 'rejected') console.error(result.reason);
    listen(false);
    // What the signal would have done without us: the parent sees that we ended by it.
    process.kill(process.pid, signal);
  });
}

/** Runs `work` before this process ends by an interrupt; returns a function that forgets it again. */
export function onInterrupt(work: () => Promise<void>): () => void {
  if (pending.size === 0) listen(true);
  pending.add(work);
  return () => {
    pending.delete(work);
    if (pending.size === 0 && !ending) listen(false);
  };
}
