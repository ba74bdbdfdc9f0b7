/** The operator's rights after a whole run of the suite: nothing was missing, and nothing is granted that nothing used. */
import type { Kubectl } from '#cluster/kubectl.ts';
import { type AuditedRequest, auditedRequests, refusedTo, unusedOf } from '#test/audit.ts';
import { grantedTo, userOf, usualRelease } from '#test/operator/release.ts';

/** What no request of this suite makes use of, and why it is granted all the same. */
const unseen: readonly { readonly what: RegExp; readonly why: string }[] = [
  {
    what: /^update \w+\/finalizers\.dokkerr\.io$/,
    why: 'never a request: the admission plugin OwnerReferencesPermissionEnforcement asks for it, where it is on',
  },
  {
    what: /^create pods\/exec$/,
    why: 'asked for besides the verb of the request where a WebSocket is begun, which is a GET',
  },
  { what: /^update secrets$/, why: 'the renewal of the webhooks’ certificate, due after 20 days' },
];

/**
 * Resolves to a line that tells the outcome. @param whole whether everything ran that makes use of the permissions
 * @throws Error naming each permission that was missing, that was never used, or that is used although it is listed as unseen
 */
export async function judgeRights(auditLog: string, kubectl: Kubectl, whole: boolean): Promise<string> {
  const [requests, rules] = await Promise.all([
    auditedRequests(auditLog, { user: userOf(usualRelease) }),
    grantedTo(kubectl, usualRelease),
  ]);
  const unused = unusedOf(rules, requests);
  const shown = shownByWatches(requests);
  const unexplained = unused.filter(
    (permission) => !shown.has(permission) && !unseen.some(({ what }) => what.test(permission)),
  );
  const problems = [
    ...refusedTo(requests).map((permission) => `${permission} was refused`),
    ...(whole ? unexplained.map((permission) => `${permission} is granted and was never used`) : []),
    ...unseen
      .filter(({ what }) => !unused.some((permission) => what.test(permission)))
      .map(({ what }) => `${what.source} matches nothing that is granted and unused: it needs no exception`),
  ];
  if (problems.length > 0) throw new Error(`the operator's rights:\n  ${problems.join('\n  ')}`);
  const used = whole
    ? `all permissions used but ${unused.length} that no request of the suite can show`
    : `not judged, as not everything ran and passed: ${unexplained.length} without use (${unexplained.join(', ')})`;
  return `rights: ${requests.length} requests of the operator, none refused; ${used}`;
}

/**
 * To get and to list what is watched shows nothing that the watch does not. The reflector lists where a server streams no
 * initial state, and a conflict is judged by a fresh look; this suite's servers stream, and nobody quarrels at that moment.
 */
function shownByWatches(requests: readonly AuditedRequest[]): ReadonlySet<string> {
  const watches = requests.filter(({ verb, forbidden }) => verb === 'watch' && !forbidden);
  const watched = watches.map(({ resource = '', group }) => (group === '' ? resource : `${resource}.${group}`));
  return new Set(watched.flatMap((resource) => [`get ${resource}`, `list ${resource}`]));
}
