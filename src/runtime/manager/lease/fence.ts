/** A client that writes only while its process may act, judged at the moment of each write and not by a timer. */
import type { Client } from '../../client/types.ts';
import { DokkerrError } from '../../errors.ts';

/**
 * For a process that was stopped and goes on later (a suspended machine, a debugger), its first act may be a write that
 * belongs to a time long gone. Reads are left alone.
 * @throws DKR_LEASE_LOST from every write while `mayWrite` says no
 */
export function fencedClient(client: Client, mayWrite: () => boolean): Client {
  const guard = async <T>(write: () => Promise<T>): Promise<T> => {
    if (mayWrite()) return write();
    throw new DokkerrError('DKR_LEASE_LOST', 'this process does not hold the lease, so it writes nothing');
  };
  return {
    get: (kind, key, options) => client.get(kind, key, options),
    list: (kind, options) => client.list(kind, options),
    raw: (path, options) => client.raw(path, options),
    create: (kind, object, options) => guard(() => client.create(kind, object, options)),
    update: (kind, object, options) => guard(() => client.update(kind, object, options)),
    apply: (kind, object, options) => guard(() => client.apply(kind, object, options)),
    patch: (kind, key, patch, options) => guard(() => client.patch(kind, key, patch, options)),
    delete: (kind, key, options) => guard(() => client.delete(kind, key, options)),
    exec: (pod, request) => guard(() => client.exec(pod, request)),
    askPod: (pod, request) => guard(() => client.askPod(pod, request)),
  };
}
