/**
 * Puts a child back that apply alone cannot: apply merges lists by key, so an entry whose key somebody changed stays beside
 * ours, and both together may be invalid (one Service port under two numbers). Relies on the API server's field ownership.
 */
import type { Applied, Client, Kind, KubernetesObject } from '../client/types.ts';

/** Owns the fields for a moment; forgotten again, or no later apply could take a field away. */
const fieldManager = 'dokkerr-replace-lists';

/**
 * Writes `object` with every list as declared and nothing else in it, then applies it.
 * @throws DKR_API_INVALID when the object is invalid by itself
 */
export async function replaceLists<C extends KubernetesObject>(
  client: Client,
  kind: Kind<C>,
  object: Applied<C>,
): Promise<C> {
  const { apiVersion: _, kind: __, metadata, ...content } = object;
  await client.patch(kind, metadata, content, { fieldManager });
  const { managedFields = [], resourceVersion } = (await client.apply(kind, object)).metadata;
  return client.patch(kind, metadata, [
    // Fails with a conflict rather than undoing what somebody wrote meanwhile.
    { op: 'test', path: '/metadata/resourceVersion', value: resourceVersion },
    { op: 'replace', path: '/metadata/managedFields', value: managedFields.filter((entry) => !isOurs(entry)) },
  ]);
}

function isOurs(entry: unknown): boolean {
  return typeof entry === 'object' && entry !== null && 'manager' in entry && entry.manager === fieldManager;
}
