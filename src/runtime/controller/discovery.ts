/** Whether the cluster serves a kind, asked of the API server's discovery documents. */
import { apiVersionOf, type Client, type Kind } from '../client/types.ts';
import { asDokkerrError } from '../errors.ts';

/** @throws what the client throws, but for a group or version that does not exist: that is an answer. */
export async function isServed(client: Client, kind: Kind, signal?: AbortSignal): Promise<boolean> {
  const path = kind.group === '' ? `/api/${kind.version}` : `/apis/${apiVersionOf(kind)}`;
  try {
    const document = await client.raw(path, signal === undefined ? {} : { signal });
    return namesOf(document).includes(kind.plural);
  } catch (thrown) {
    const error = asDokkerrError(thrown);
    if (error.httpStatus === 404 || error.code === 'DKR_API_NOT_FOUND') return false;
    throw error;
  }
}

/** Names in a `metav1.APIResourceList`. */
function namesOf(document: unknown): string[] {
  if (typeof document !== 'object' || document === null || !('resources' in document)) return [];
  const { resources } = document;
  if (!Array.isArray(resources)) return [];
  return resources.flatMap((resource: unknown) =>
    typeof resource === 'object' && resource !== null && 'name' in resource && typeof resource.name === 'string'
      ? [resource.name]
      : [],
  );
}
