/**
 * The Secret that makes all replicas agree: `ca.crt` (authorities to trust, the signing one first), `ca.key`, `tls.crt`,
 * `tls.key`. What it holds is checked as a whole, so that a damaged one counts as none.
 */
import type { Secret } from '#runtime/client/kinds.ts';
import type { Applied, ObjectKey } from '#runtime/client/types.ts';
import { type Certificate, type Leaf, ownsKey, readBundle, readLeaf } from './certificate.ts';

export interface Stored {
  /** never empty; the first signs */
  readonly authorities: readonly [Certificate, ...Certificate[]];
  /** private key of the first, PEM */
  readonly key: string;
  /** undefined where it is missing or damaged, or none of the authorities signed it */
  readonly leaf: Leaf | undefined;
}

/** Undefined when there is no Secret, or the signing authority in it is missing or damaged. */
export function readStored(secret: Secret | undefined): Stored | undefined {
  const text = (key: string) => Buffer.from(secret?.data?.[key] ?? '', 'base64').toString();
  const [signer, ...others] = readBundle(text('ca.crt'));
  const key = text('ca.key');
  if (signer === undefined || !ownsKey(signer.pem, key)) return undefined;
  const authorities: Stored['authorities'] = [signer, ...others];
  return { authorities, key, leaf: readLeaf(text('tls.crt'), text('tls.key'), authorities) };
}

/** The Secret to write. */
export function secretOf({ namespace, name }: ObjectKey, { authorities, key, leaf }: Stored): Applied<Secret> {
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      ...(namespace === undefined ? {} : { namespace }),
      name,
      labels: { 'app.kubernetes.io/managed-by': 'dokkerr' },
    },
    type: 'Opaque',
    data: {
      'ca.crt': base64(bundleOf(authorities)),
      'ca.key': base64(key),
      'tls.crt': base64(leaf?.pem ?? ''),
      'tls.key': base64(leaf?.key ?? ''),
    },
  };
}

/** The authorities as one PEM text. */
export function bundleOf(authorities: readonly Certificate[]): string {
  return authorities.map(({ pem }) => pem).join('');
}
