/** A ValidatingAdmissionPolicy with what makes it apply. Pure. */
import { type Applied, apiVersionOf, type Kind } from '#runtime/client/types.ts';
import { type Operation, ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding } from './kinds.ts';

export interface PolicyOptions {
  /** of the installation: what a policy's name begins with, so that two on one cluster keep their own */
  readonly name: string;
  /** accounts that may delete claims of Containers without asking: the operator's own */
  readonly operators: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
}

/** A policy and what makes it apply to the whole cluster. */
export interface BoundPolicy {
  readonly policy: Applied<ValidatingAdmissionPolicy>;
  readonly binding: Applied<ValidatingAdmissionPolicyBinding>;
}

/** Requests for objects of that kind, its subresources not among them. */
export function ruleFor(kind: Pick<Kind, 'group' | 'version' | 'plural'>, operations: Operation[]) {
  return { apiGroups: [kind.group], apiVersions: [kind.version], resources: [kind.plural], operations };
}

/** The policy of that subject, in force in the whole cluster. */
export function bind(
  { name: installation, labels }: PolicyOptions,
  subject: string,
  action: 'Deny' | 'Warn',
  spec: ValidatingAdmissionPolicy['spec'],
): BoundPolicy {
  const name = `${installation}-${subject}`;
  const metadata = { name, ...(labels === undefined ? {} : { labels: { ...labels } }) };
  return {
    policy: {
      apiVersion: apiVersionOf(ValidatingAdmissionPolicy),
      kind: ValidatingAdmissionPolicy.kind,
      metadata,
      spec,
    },
    binding: {
      apiVersion: apiVersionOf(ValidatingAdmissionPolicyBinding),
      kind: ValidatingAdmissionPolicyBinding.kind,
      metadata,
      spec: { policyName: name, validationActions: [action] },
    },
  };
}
