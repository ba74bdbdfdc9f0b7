/** What is needed to speak to a store: where it is, who one is there, and whom one trusts. */
import type { MoverRepository } from '#contracts/mover/request.ts';

/** A user of the store. */
export interface StoreCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** only for temporary credentials */
  readonly sessionToken?: string;
}

/** A folder of a bucket, and how to get in. */
export interface StoreAccess {
  readonly repository: Pick<
    MoverRepository,
    'endpoint' | 'region' | 'bucket' | 'prefix' | 'forcePathStyle' | 'insecure'
  >;
  readonly credentials: StoreCredentials;
  /** Certificates, PEM, trusted instead of the system's own. */
  readonly caBundle?: string;
}

/** The name of an object of the repository: `<prefix>/<path>`. */
export function objectName({ repository: { prefix } }: StoreAccess, path: string): string {
  return prefix === '' ? path : `${prefix}/${path}`;
}
