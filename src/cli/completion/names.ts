/** The names of objects for completion: quickly, or none. Whoever presses a key must not wait for a cluster that is away. */
import { Namespace, PersistentVolumeClaim, StorageClass } from '#runtime/client/kinds.ts';
import type { Kind } from '#runtime/client/types.ts';
import type { ConnectionOptions } from '../connection/options.ts';
import { openSession } from '../connection/session.ts';
import { loadKind } from '../kinds.ts';
import type { NamedKind } from './complete.ts';

/** Milliseconds. */
const patience = 2000;

/** Of one kind, in the namespace that is meant; none where they cannot be had. */
export async function namesFor(kind: NamedKind, options: ConnectionOptions): Promise<readonly string[]> {
  try {
    const signal = AbortSignal.timeout(patience);
    await using session = await openSession(options, signal);
    const { client, namespace } = session;
    const found = await kindOf(kind);
    const { items } = await client.list(found, { ...(found.namespaced ? { namespace } : {}), signal });
    return items.map(({ metadata }) => metadata.name);
  } catch {
    // No cluster, no permission, no time: there is nothing to offer, and no place to say why.
    return [];
  }
}

async function kindOf(kind: NamedKind): Promise<Kind> {
  if (kind === 'Namespace') return Namespace;
  if (kind === 'StorageClass') return StorageClass;
  return kind === 'PersistentVolumeClaim' ? PersistentVolumeClaim : loadKind(kind);
}
