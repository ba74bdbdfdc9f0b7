/**
 * ValidatingAdmissionPolicies: rules on one object that a CRD's schema cannot say, because they only warn, are about
 * deletion, or ask who it is. The API server evaluates them itself, so they hold while no webhook runs.
 */
import { containerLabel } from '#contracts/container/claims.ts';
import { Container } from '#crds/container.ts';
import { PersistentVolumeClaim } from '#runtime/client/kinds.ts';
import { type BoundPolicy, bind, type PolicyOptions, ruleFor } from './bound-policy.ts';
import { migrationApproval } from './migration-approval.ts';

/** Set to `true` on a claim, it lets the claim be deleted. */
export const allowDeletionAnnotation = 'dokkerr.io/allow-deletion';

/** All policies, in the order they are installed. */
export function buildPolicies(options: PolicyOptions): BoundPolicy[] {
  return [containerAdvice(options), containerDeletion(options), claimProtection(options), migrationApproval(options)];
}

/** Warns of settings that are allowed and often regretted. */
function containerAdvice(options: PolicyOptions): BoundPolicy {
  return bind(options, 'container-advice', 'Warn', {
    failurePolicy: 'Ignore',
    matchConstraints: { resourceRules: [ruleFor(Container, ['CREATE', 'UPDATE'])], matchPolicy: 'Equivalent' },
    matchConditions: [
      { name: 'spec-changes', expression: "request.operation == 'CREATE' || object.spec != oldObject.spec" },
      { name: 'stays', expression: '!has(object.metadata.deletionTimestamp)' },
    ],
    variables: [
      { name: 'security', expression: 'has(object.spec.securityContext) ? object.spec.securityContext : {}' },
      {
        name: 'requests',
        expression:
          'has(object.spec.resources) ? (has(object.spec.resources.requests) ? object.spec.resources.requests : (has(object.spec.resources.limits) ? object.spec.resources.limits : {})) : {}',
      },
    ],
    validations: [
      {
        expression:
          "object.spec.image.matches('@sha256:[0-9a-f]{64}$') || (object.spec.image.matches(':[^/:]+$') && !object.spec.image.endsWith(':latest'))",
        message: 'spec.image has no version, so what runs may change at any restart: write a tag or a digest',
      },
      {
        expression:
          "object.spec.replicas < 2 || object.spec.ports.size() == 0 || object.spec.network.service == 'None' || (has(object.spec.probes) && has(object.spec.probes.readiness))",
        message:
          'spec.probes.readiness is missing: the Service sends traffic to pods that are not ready yet, and updates do not wait for them',
      },
      {
        expression: "'memory' in variables.requests && 'cpu' in variables.requests",
        message:
          'spec.resources.requests lacks cpu or memory: nodes are filled without regard to it, and its pods are the first to be evicted',
      },
      {
        expression: '!has(variables.security.runAsNonRoot) || variables.security.runAsNonRoot',
        message: 'spec.securityContext.runAsNonRoot is false: the program may run as root',
      },
      {
        expression: '!has(variables.security.allowPrivilegeEscalation) || !variables.security.allowPrivilegeEscalation',
        message:
          'spec.securityContext.allowPrivilegeEscalation is true: the program may gain more privileges than it starts with',
      },
      {
        expression:
          "!has(variables.security.capabilities) || !has(variables.security.capabilities.add) || !variables.security.capabilities.add.exists(c, c in ['ALL', 'SYS_ADMIN', 'SYS_MODULE', 'SYS_PTRACE', 'NET_ADMIN', 'DAC_READ_SEARCH', 'BPF'])",
        message:
          'spec.securityContext.capabilities.add has one that reaches beyond the container: add only what the program needs',
      },
      {
        expression: "!has(variables.security.seccompProfile) || variables.security.seccompProfile.type != 'Unconfined'",
        message: 'spec.securityContext.seccompProfile is Unconfined: the program may make every system call',
      },
    ],
  });
}

/** Says that data goes before it does. */
function containerDeletion(options: PolicyOptions): BoundPolicy {
  return bind(options, 'container-deletion', 'Warn', {
    failurePolicy: 'Ignore',
    matchConstraints: { resourceRules: [ruleFor(Container, ['DELETE'])], matchPolicy: 'Equivalent' },
    variables: [
      {
        name: 'deleted',
        expression:
          "oldObject.spec.volumes.filter(v, has(v.claim) && v.claim.deletionPolicy == 'Delete').map(v, v.name)",
      },
    ],
    validations: [
      {
        expression: 'variables.deleted.size() == 0',
        message: 'claims with deletionPolicy Delete are deleted with their data',
        messageExpression:
          "'the claims of volume ' + variables.deleted.join(', ') + ' have deletionPolicy Delete: they and their data are deleted too'",
      },
    ],
  });
}

/**
 * Refuses to delete a kept claim by hand: while pods use it the deletion only waits, and takes the data at the next restart.
 * Claims with deletionPolicy Delete belong to their Container and go with it; those of a namespace go with the namespace.
 */
function claimProtection(options: PolicyOptions): BoundPolicy {
  const accounts = options.operators.map((account) => `'${account}'`).join(', ');
  const annotation = `'${allowDeletionAnnotation}'`;
  return bind(options, 'claim-protection', 'Deny', {
    failurePolicy: 'Fail',
    matchConstraints: {
      resourceRules: [ruleFor(PersistentVolumeClaim, ['DELETE'])],
      matchPolicy: 'Equivalent',
      objectSelector: { matchExpressions: [{ key: containerLabel, operator: 'Exists' }] },
    },
    matchConditions: [
      { name: 'not-by-the-operator', expression: `!(request.userInfo.username in [${accounts}])` },
      {
        name: 'not-owned-by-its-container',
        expression:
          "!has(oldObject.metadata.ownerReferences) || !oldObject.metadata.ownerReferences.exists(o, o.kind == 'Container' && o.apiVersion.startsWith('dokkerr.io/'))",
      },
    ],
    validations: [
      {
        expression: `has(namespaceObject.metadata.deletionTimestamp) || (has(oldObject.metadata.annotations) && ${annotation} in oldObject.metadata.annotations && oldObject.metadata.annotations[${annotation}] == 'true')`,
        message: `the claim holds data of a Container: to delete the data, annotate the claim with ${allowDeletionAnnotation}=true first`,
        messageExpression: `'claim ' + oldObject.metadata.name + ' holds data of Container ' + oldObject.metadata.labels['${containerLabel}'] + ': to delete the data, first run kubectl annotate pvc ' + oldObject.metadata.name + ' -n ' + oldObject.metadata.namespace + ' ${allowDeletionAnnotation}=true'`,
        reason: 'Forbidden',
      },
    ],
  });
}
