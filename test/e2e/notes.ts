/** The example program as the tests declare it, ask it and write to it. */
import { waitUntil } from '#cluster/wait.ts';
import type { ContainerSpecInput } from '#crds/container.ts';

/** A program that is ready as soon as it answers, and asks for next to nothing. */
export function notes(spec: Partial<ContainerSpecInput> = {}): ContainerSpecInput {
  return {
    image: 'localhost/notes:1.0',
    ports: [{ name: 'http', containerPort: 8080 }],
    probes: { readiness: { httpGet: { path: '/healthz', port: 'http' }, periodSeconds: 1 } },
    volumes: [{ name: 'data', mountPath: '/data', emptyDir: {} }],
    terminationGracePeriodSeconds: 5,
    ...spec,
  };
}

/** The same with a claim of that size for each replica. */
export function keptNotes(spec: Partial<ContainerSpecInput> = {}, size = '32Mi'): ContainerSpecInput {
  return notes({ volumes: [{ name: 'data', mountPath: '/data', claim: { size } }], ...spec });
}

/** The body of the answer, asked for until there is one: a node's proxy follows the Service in its own time. */
export async function ask(url: string, path = '/'): Promise<string> {
  let body = '';
  const attempt = async () => {
    const response = await fetch(`${url}${path}`, { signal: AbortSignal.timeout(2000) });
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    body = await response.text();
    return true;
  };
  await waitUntil(`an answer of ${url}${path}`, attempt, { timeoutMs: 30_000, intervalMs: 100 });
  return body;
}

/**
 * Keeps a note; it is on disk when this resolves. A program that refuses, or is not there yet, is asked again; one that does
 * not answer is not, for it may have kept the note.
 */
export function write(url: string, note: string): Promise<void> {
  const attempt = async (signal: AbortSignal) =>
    (await fetch(`${url}/notes`, { method: 'POST', body: note, signal })).ok;
  return waitUntil(`${url} keeps a note`, attempt, { timeoutMs: 30_000, intervalMs: 100 });
}
