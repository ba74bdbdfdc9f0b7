/** The operator's rights after a whole run of the suite: nothing was missing, and nothing is granted that nothing used. */
import type { Kubectl } from '#cluster/kubectl.ts';
import { auditedRequests, refusedTo, unusedOf } from '#test/audit.ts';
import { grantedTo, userOf, usualRelease } from '#test/operator/release.ts';

/** What no request of this suite can make use of, and why it is granted all the same. */
const unseen: ReadonlyMap<string, string> = new Map([
  [
    'update containers/finalizers.dokkerr.io',
    'never a request: the admission plugin OwnerReferencesPermissionEnforcement asks for it, where it is on',
  ],
]);

/**
 * Resolves to a line that tells the outcome. @param whole whether everything ran that makes use of the permissions
 * @throws Error naming each permission that was missing, that was never used, or that is used although it is listed as unseen
 */
export async function judgeRights(auditLog: string, kubectl: Kubectl, whole: boolean): Promise<string> {
  const [requests, rules] = await Promise.all([
    auditedRequests(auditLog, { user: userOf(usualRelease) }),
    grantedTo(kubectl, usualRelease),
  ]);
  const refused = refusedTo(requests);
  const unused = unusedOf(rules, requests);
  const problems = [
    ...refused.map((what) => `${what} was refused`),
    ...(whole ? unused.filter((what) => !unseen.has(what)).map((what) => `${what} is granted and was never used`) : []),
    ...[...unseen.keys()]
      .filter((what) => !unused.includes(what))
      .map((what) => `${what} was used or is not granted: it needs no exception`),
  ];
  if (problems.length > 0) throw new Error(`the operator's rights:\n  ${problems.join('\n  ')}`);
  const used = whole ? `, all permissions used but ${unseen.size} that no request can show` : '';
  return `rights: ${requests.length} requests of the operator, none refused${used}`;
}
