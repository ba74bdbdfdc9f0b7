/** What the names and sizes of a repository's objects tell without its key: which snapshots there are, how big it is. */
import { objectName, type StoreAccess } from './access.ts';
import { type RequestLimits, type StoreConnection, withClient } from './client.ts';

interface StoredObject {
  readonly name: string;
  /** bytes */
  readonly size: number;
}

/** The ids of all snapshots, keys or locks, sorted. restic calls the object of each by its id. */
export function listIDs(
  access: StoreAccess,
  kind: 'snapshots' | 'keys' | 'locks',
  limits: RequestLimits = {},
): Promise<string[]> {
  return withClient(access, limits, async (connection) => {
    const folder = objectName(access, `${kind}/`);
    const ids: string[] = [];
    for await (const { name } of objectsUnder(connection, access, folder)) ids.push(name.slice(folder.length));
    return ids.sort();
  });
}

/** Bytes of all objects of the repository. */
export function measureRepository(access: StoreAccess, limits: RequestLimits = {}): Promise<number> {
  return withClient(access, limits, async (connection) => {
    let bytes = 0;
    for await (const { size } of objectsUnder(connection, access, objectName(access, ''))) bytes += size;
    return bytes;
  });
}

/** S3 gives at most a thousand at once. */
const pageSize = 1000;

async function* objectsUnder(
  { client }: StoreConnection,
  { repository: { bucket } }: StoreAccess,
  prefix: string,
): AsyncGenerator<StoredObject> {
  let token = '';
  for (;;) {
    const page = await client.listObjectsV2Query(bucket, prefix, token, '', pageSize, '');
    for (const { name, size } of page.objects) {
      if (name !== undefined && size !== undefined) yield { name, size };
    }
    if (!page.isTruncated) return;
    token = page.nextContinuationToken;
  }
}
