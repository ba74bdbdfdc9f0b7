/** A short fingerprint of what was last asked of a child, independent of the order in which its fields were written. */
import { hash } from 'node:crypto';

/** 128 bits of SHA-256, base64url (22 characters): chance collisions are out of reach, and it stays readable. */
const LENGTH = 22;

/** Equal for equal JSON values, whatever the order of members; members that are undefined count as absent. */
export function appliedHash(desired: object): string {
  return hash('sha256', canonicalJson(desired), 'base64url').slice(0, LENGTH);
}

/** JSON with members in the order of their names. Written for speed: it runs for every child in every pass. */
function canonicalJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  let text = '';
  if (Array.isArray(value)) {
    for (const item of value) text += `${text === '' ? '' : ','}${canonicalJson(item ?? null)}`;
    return `[${text}]`;
  }
  const members = value as Record<string, unknown>;
  for (const name of Object.keys(members).sort()) {
    const member = members[name];
    if (member !== undefined) text += `${text === '' ? '' : ','}${JSON.stringify(name)}:${canonicalJson(member)}`;
  }
  return `{${text}}`;
}
