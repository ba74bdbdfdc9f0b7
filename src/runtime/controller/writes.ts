/**
 * The client of one pass: it writes as the controller's field manager, stops when the pass stops, and remembers the last
 * resource version it made of each kind, so that the next pass of the key can wait until the cache has seen it.
 */
import { apiVersionOf, type Client, type Kind, type KubernetesObject } from '../client/types.ts';

/** `apps/v1/deployments`: a kind as a map's key. */
export function kindId(kind: Kind): string {
  return `${apiVersionOf(kind)}/${kind.plural}`;
}

export interface PassClient extends Client {
  /** The newest resource version written of each kind, by `kindId`. */
  readonly written: ReadonlyMap<string, string>;
}

export function passClient(client: Client, fieldManager: string, signal: AbortSignal): PassClient {
  const written = new Map<string, string>();
  const remember = <T extends KubernetesObject>(kind: Kind, object: T, dryRun: boolean | undefined): T => {
    const version = object.metadata.resourceVersion;
    if (version === undefined || dryRun === true) return object;
    const id = kindId(kind);
    const known = written.get(id);
    if (known === undefined || isNewer(version, known)) written.set(id, version);
    return object;
  };
  const writing = { fieldManager, signal };
  return {
    written,
    get: (kind, key, options) => client.get(kind, key, { signal, ...options }),
    list: (kind, options) => client.list(kind, { signal, ...options }),
    create: async (kind, object, options) =>
      remember(kind, await client.create(kind, object, { ...writing, ...options }), options?.dryRun),
    update: async (kind, object, options) =>
      remember(kind, await client.update(kind, object, { ...writing, ...options }), options?.dryRun),
    apply: async (kind, object, options) =>
      remember(kind, await client.apply(kind, object, { ...writing, ...options }), options?.dryRun),
    patch: async (kind, key, patch, options) =>
      remember(kind, await client.patch(kind, key, patch, { ...writing, ...options }), options?.dryRun),
    delete: (kind, key, options) => client.delete(kind, key, { signal, ...options }),
    exec: (pod, request) =>
      client.exec(pod, {
        ...request,
        signal: request.signal === undefined ? signal : AbortSignal.any([signal, request.signal]),
      }),
    askPod: (pod, request) =>
      client.askPod(pod, {
        ...request,
        signal: request.signal === undefined ? signal : AbortSignal.any([signal, request.signal]),
      }),
    raw: (path, options) => client.raw(path, { signal, ...options }),
  };
}

/** Resource versions of one kind are decimal integers without leading zeros (KEP-5504). */
function isNewer(a: string, b: string): boolean {
  return a.length === b.length ? a > b : a.length > b.length;
}
