/** The webhook of the kind `Container`: its rules, and which requests are worth a call. */
import { Container } from '#crds/container.ts';
import { claimGrowth } from './rules/claim-growth.ts';
import { claimNames } from './rules/claim-names.ts';
import { existingClaims } from './rules/existing-claims.ts';
import { quota } from './rules/quota.ts';
import type { ValidatingWebhook } from './types.ts';

export const containers: ValidatingWebhook<Container> = {
  name: 'containers.dokkerr.io',
  path: '/validate/containers',
  kind: Container,
  operations: ['CREATE', 'UPDATE'],
  matchConditions: [
    // Labels, annotations and finalizers are nobody's business here; the operator's own writes are among them.
    { name: 'spec-changes', expression: "request.operation == 'CREATE' || object.spec != oldObject.spec" },
    { name: 'stays', expression: '!has(object.metadata.deletionTimestamp)' },
  ],
  rules: [claimNames, claimGrowth, existingClaims, quota],
};
