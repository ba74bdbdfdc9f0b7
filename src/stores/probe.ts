/** A look at a store from outside its repository: can it be reached, do the credentials work, whose clock is right. */
import { RunFailure } from '#contracts/mover/failure.ts';
import { objectName, type StoreAccess } from './access.ts';
import { type RequestLimits, withClient } from './client.ts';

/** What a look at a store that works shows. */
export interface StoreProbe {
  /** milliseconds to the answer of one request, connecting and TLS with it */
  readonly latencyMs: number;
  /** milliseconds the store's clock is ahead of this one, to about a second; negative when it is behind */
  readonly clockSkewMs: number;
  /** the folder of the bucket has a repository in it */
  readonly hasRepository: boolean;
  /** the store's mark of that object as it was written: nobody ever writes it again, so it tells one repository from another */
  readonly configETag?: string;
}

/** The object that every restic repository has, and that is written when one is created. */
const configName = 'config';

/**
 * Asks the store for the repository's first object: one request, which needs the right to list.
 * @throws RunFailure `StoreUnreachable`, `AuthFailed`, `BucketMissing`, `ClockSkewed`
 */
export function probeStore(access: StoreAccess, limits: RequestLimits = {}): Promise<StoreProbe> {
  return withClient(access, limits, async ({ client, exchange }) => {
    const name = objectName(access, configName);
    const { objects } = await client.listObjectsV2Query(access.repository.bucket, name, '', '', 1, '');
    const config = objects.find((object) => object.name === name);
    const answer = exchange.last();
    if (answer === undefined) throw new RunFailure('Internal', 'the store answered without an answer');
    return {
      latencyMs: answer.latencyMs,
      clockSkewMs: answer.clockSkewMs ?? 0,
      hasRepository: config !== undefined,
      ...(config?.etag === undefined ? {} : { configETag: config.etag }),
    };
  });
}
