/** The example program as the tests declare it, ask it and write to it. */
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

/** The body of the answer. @throws unless it is 2xx */
export async function ask(url: string, path = '/'): Promise<string> {
  const response = await fetch(`${url}${path}`, { signal: AbortSignal.timeout(10_000) });
  if (!response.ok) throw new Error(`${url}${path} answered HTTP ${response.status}`);
  return response.text();
}

/** Keeps a note; it is on disk when this resolves. */
export async function write(url: string, note: string): Promise<void> {
  const response = await fetch(`${url}/notes`, { method: 'POST', body: note, signal: AbortSignal.timeout(10_000) });
  if (response.status !== 201) throw new Error(`${url} kept no note: HTTP ${response.status}`);
}
