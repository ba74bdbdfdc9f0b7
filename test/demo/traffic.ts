/** Steady requests while something changes: how many were answered, how many failed, and by whom. */
import { setTimeout as sleep } from 'node:timers/promises';

export interface Traffic {
  answered: number;
  /** first line of every failure */
  failures: string[];
  /** versions that answered, in the order they were first seen */
  versions: string[];
}

export interface TrafficOptions {
  /** Reads the version out of an answer's body. */
  readonly versionOf: (body: string) => string;
  /** Milliseconds between requests. */
  readonly everyMs?: number;
}

/** Sends a request every few milliseconds, each on a connection of its own, until the returned function is called. */
export function startTraffic(url: string, { versionOf, everyMs = 20 }: TrafficOptions): () => Promise<Traffic> {
  const traffic: Traffic = { answered: 0, failures: [], versions: [] };
  const underWay = new Set<Promise<void>>();
  const stopped = new AbortController();
  const sending = (async () => {
    while (!stopped.signal.aborted) {
      const request = send(url, versionOf, traffic).finally(() => underWay.delete(request));
      underWay.add(request);
      await sleep(everyMs);
    }
  })();
  return async () => {
    stopped.abort();
    await sending;
    await Promise.all(underWay);
    return traffic;
  };
}

async function send(url: string, versionOf: (body: string) => string, traffic: Traffic): Promise<void> {
  try {
    // A new connection each, or keep-alive would hide a Service that routes to a pod that is gone.
    const response = await fetch(url, { headers: { connection: 'close' }, signal: AbortSignal.timeout(5000) });
    const body = await response.text();
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    traffic.answered++;
    const version = versionOf(body);
    if (!traffic.versions.includes(version)) traffic.versions.push(version);
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : '';
    traffic.failures.push(`${error instanceof Error ? error.message : String(error)}${cause}`);
  }
}
