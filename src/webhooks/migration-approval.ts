/**
 * Who may let a Migration switch over. `spec.switchOver.approved` is a field like any other to whoever may patch Migrations;
 * this asks besides for the verb `approve`, so that a role can have the one without the other.
 */
import { Migration } from '#crds/migration.ts';
import { type BoundPolicy, bind, type PolicyOptions, ruleFor } from './bound-policy.ts';

/** The verb of RBAC, as roles write it beside `patch`. */
export const approveVerb = 'approve';

const approvedIn = (object: string) => `${object}.spec.?switchOver.?approved.orValue(false)`;

/** Refuses an approval, also one a Migration is born with, by whoever has not that verb on it. */
export function migrationApproval(options: PolicyOptions): BoundPolicy {
  const resource = `${Migration.plural}.${Migration.group}`;
  return bind(options, 'migration-approval', 'Deny', {
    failurePolicy: 'Fail',
    matchConstraints: { resourceRules: [ruleFor(Migration, ['CREATE', 'UPDATE'])], matchPolicy: 'Equivalent' },
    matchConditions: [
      {
        name: 'approves',
        expression: `${approvedIn('object')} && (oldObject == null || !${approvedIn('oldObject')})`,
      },
    ],
    validations: [
      {
        expression: `authorizer.group('${Migration.group}').resource('${Migration.plural}').namespace(object.metadata.namespace).name(object.metadata.name).check('${approveVerb}').allowed()`,
        message: `spec.switchOver.approved takes the verb ${approveVerb} on ${resource}`,
        messageExpression: `request.userInfo.username + ' may not approve Migration ' + object.metadata.name + ': spec.switchOver.approved takes the verb ${approveVerb} on ${resource} in namespace ' + object.metadata.namespace`,
        reason: 'Forbidden',
      },
    ],
  });
}
