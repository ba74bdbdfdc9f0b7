/** Names of what a run makes in the cluster, derived so that whoever comes to the same point chooses the same name. */
import { hash } from 'node:crypto';

/** 80 bits in base 16: no two runs of one cluster meet. */
const DIGEST_LENGTH = 20;
/** Names of Jobs and of pods' owners become labels, which hold 63 characters; Job adds 6 for its pods' names. */
const MAX_LENGTH = 52;

/** A DNS label such as `store-1-3f2a…`: readable by step and attempt, unique by run. */
export function effectName(uid: string, step: string, attempt: number): string {
  const digest = hash('sha256', `${uid}/${step}/${attempt}`).slice(0, DIGEST_LENGTH);
  const suffix = `-${attempt}-${digest}`;
  const word = step
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+/, '');
  return `${(word || 'step').slice(0, MAX_LENGTH - suffix.length).replace(/-+$/, '')}${suffix}`;
}
