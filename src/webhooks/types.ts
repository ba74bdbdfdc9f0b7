/** What an admission rule is: a question about one object, answered with findings; it reads and never writes. */
import type { Client, Kind, KubernetesObject } from '#runtime/client/types.ts';
import type { MatchCondition, Operation } from './kinds.ts';

/** What the API server asks about, taken out of its AdmissionReview. */
export interface Admission<T extends KubernetesObject = KubernetesObject> {
  readonly operation: Operation;
  /** '' for a cluster-scoped object */
  readonly namespace: string;
  /** as it would be stored; absent on DELETE */
  readonly object: T | undefined;
  /** as it is stored; absent on CREATE */
  readonly oldObject: T | undefined;
}

/**
 * `refusal`: what cannot work as long as something else stands that nothing but a person removes. `warning`: what cannot
 * work yet, or not well. See docs/adr/0006-webhooks-refuse-little.md.
 */
export interface Finding {
  readonly kind: 'refusal' | 'warning';
  /** what is wrong, where, and what to write or do instead */
  readonly message: string;
}

/** What a rule may read with, until its time is over. */
export interface RuleContext {
  readonly client: Pick<Client, 'get' | 'list'>;
  readonly signal: AbortSignal;
}

export interface Rule<T extends KubernetesObject> {
  /** lower case with dashes, as it stands in logs: `claim-growth` */
  readonly name: string;
  check(admission: Admission<T>, context: RuleContext): Promise<readonly Finding[]>;
}

/** All rules of one kind, behind one path. */
export interface ValidatingWebhook<T extends KubernetesObject = KubernetesObject> {
  /** qualified, as in its configuration and in the message of a refusal: `containers.dokkerr.io` */
  readonly name: string;
  /** `/validate/<plural>` */
  readonly path: string;
  readonly kind: Kind<T>;
  readonly operations: readonly Operation[];
  /** CEL the API server evaluates itself: what does not match costs no call */
  readonly matchConditions: readonly MatchCondition[];
  readonly rules: readonly Rule<T>[];
}

export const refusal = (message: string): Finding => ({ kind: 'refusal', message });
export const warning = (message: string): Finding => ({ kind: 'warning', message });
