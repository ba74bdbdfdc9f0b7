/** A short fingerprint of what was last asked of a child, independent of the order in which its fields were written. */
import { hash } from 'node:crypto';

/** 128 bits of SHA-256, base64url (22 characters): chance collisions are out of reach, and it stays readable. */
const LENGTH = 22;

/** Equal for equal JSON values, whatever the order of members; members that are undefined count as absent. */
export function appliedHash(desired: object): string {
  return hash('sha256', canonicalJson(desired), 'base64url').slice(0, LENGTH);
}

/** JSON with members in the order of their names. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}
