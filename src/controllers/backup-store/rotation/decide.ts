/**
 * What comes next in replacing a repository's key. Everything it depends on stands in the Secret, which is changed in one
 * piece each time, so that a crash anywhere leaves a Secret whose password opens the repository. Pure.
 */

/** The Secret, as far as it matters here. */
export interface KeySecretState {
  /** the request whose key was generated last */
  readonly request?: string;
  /** a password is there that is to become the one in use */
  readonly hasNext: boolean;
  /** the one that was in use before is there still, for as long as somebody may need it */
  readonly previous?: {
    readonly keyID: string;
    readonly replacedAt: Date;
  };
}

export interface RotationInput {
  /** `spec.encryption.rotation.requestedAt`: each value asks once */
  readonly requested: string | undefined;
  readonly keepPreviousForMs: number;
  readonly secret: KeySecretState;
  readonly now: Date;
}

export type RotationAction =
  | { readonly kind: 'none' }
  /** write a new password into the Secret, beside the one in use */
  | { readonly kind: 'generate'; readonly request: string }
  /** let it open the repository, and make it the one in use */
  | { readonly kind: 'replace' }
  | { readonly kind: 'keep'; readonly keyID: string; readonly until: Date }
  /** take the one before out of the repository, then out of the Secret */
  | { readonly kind: 'remove'; readonly keyID: string };

/** One rotation ends before the next begins: there are never more than two keys of ours. */
export function nextRotation({ requested, keepPreviousForMs, secret, now }: RotationInput): RotationAction {
  if (secret.hasNext) return { kind: 'replace' };
  const { previous } = secret;
  if (previous !== undefined) {
    const until = new Date(previous.replacedAt.getTime() + keepPreviousForMs);
    const { keyID } = previous;
    return until.getTime() > now.getTime() ? { kind: 'keep', keyID, until } : { kind: 'remove', keyID };
  }
  if (requested === undefined || requested === secret.request) return { kind: 'none' };
  return { kind: 'generate', request: requested };
}
