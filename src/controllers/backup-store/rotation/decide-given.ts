/**
 * What comes next in replacing a password that somebody gave and keeps in a Secret of their own, which is never written here.
 * They add the new one beside the one in use, as `nextPassword`; once it opens the repository too, they make it `password`.
 * So the repository opens at every moment with the one that is in use. Pure.
 */

export interface GivenRotationInput {
  /** `spec.encryption.rotation.requestedAt`: each value asks once */
  readonly requested: string | undefined;
  /** the request that was obeyed last */
  readonly handled: string | undefined;
  readonly secret: {
    /** there is a `nextPassword` */
    readonly hasNext: boolean;
    /** it is the one in use */
    readonly isInUse: boolean;
  };
  /** of the new password, once it opens the repository and is not known to be in use */
  readonly nextKeyID: string | undefined;
  /** the one that was in use before, or one that never came into use */
  readonly previous: { readonly keyID: string; readonly replacedAt: Date } | undefined;
  readonly keepPreviousForMs: number;
  readonly now: Date;
}

export type GivenRotationAction =
  | { readonly kind: 'none' }
  /** wait for somebody to write the new password into the Secret */
  | { readonly kind: 'awaitNext' }
  /** let it open the repository */
  | { readonly kind: 'add'; readonly request: string }
  /** wait for somebody to make it the one in use */
  | { readonly kind: 'awaitUse' }
  /** see which one is in use now */
  | { readonly kind: 'identify' }
  | { readonly kind: 'keep'; readonly keyID: string; readonly until: Date }
  | { readonly kind: 'remove'; readonly keyID: string };

/** One rotation ends before the next begins: there are never more than two keys of a store. */
export function nextGivenRotation(input: GivenRotationInput): GivenRotationAction {
  const { requested, handled, secret, nextKeyID, previous, keepPreviousForMs, now } = input;
  if (previous !== undefined) {
    const { keyID, replacedAt } = previous;
    const until = new Date(replacedAt.getTime() + keepPreviousForMs);
    return until.getTime() > now.getTime() ? { kind: 'keep', keyID, until } : { kind: 'remove', keyID };
  }
  const isWaiting = secret.hasNext && !secret.isInUse;
  if (nextKeyID !== undefined) return isWaiting ? { kind: 'awaitUse' } : { kind: 'identify' };
  if (requested === undefined || requested === handled) return { kind: 'none' };
  return isWaiting ? { kind: 'add', request: requested } : { kind: 'awaitNext' };
}
