/**
 * What a user did and was refused, from the API server's own audit log (JSON lines, audit.k8s.io/v1 Event). It answers two
 * questions about a role: was anything missing, and was anything never used.
 */
import { readFile } from 'node:fs/promises';
import type { PolicyRule } from '#runtime/controller/types.ts';

/** One request as the log has it, in the stage where its answer is known. */
export interface AuditedRequest {
  readonly verb: string;
  readonly requestURI: string;
  readonly user: string;
  readonly userAgent: string;
  /** '' for the core group, undefined for paths that are no resource */
  readonly group: string | undefined;
  /** with its subresource: `containers/status` */
  readonly resource: string | undefined;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  /** HTTP status */
  readonly code: number;
  /** refused for want of a permission, and not by admission, which answers 403 too */
  readonly forbidden: boolean;
  /** of the account's token, where a pod sent it */
  readonly pod: string | undefined;
  /** Unix milliseconds at which the API server received it */
  readonly at: number;
}

interface AuditEvent {
  readonly stage: string;
  readonly verb: string;
  readonly requestURI: string;
  readonly user?: { readonly username?: string; readonly extra?: Readonly<Record<string, readonly string[]>> };
  readonly userAgent?: string;
  readonly objectRef?: {
    readonly apiGroup?: string;
    readonly resource?: string;
    readonly subresource?: string;
    readonly namespace?: string;
    readonly name?: string;
  };
  readonly responseStatus?: { readonly code?: number };
  readonly annotations?: Readonly<Record<string, string>>;
  readonly requestReceivedTimestamp: string;
}

/** Who asked, in any of the ways the log knows; all that are given must match. */
export interface AuditSelection {
  /** `system:serviceaccount:dokkerr-system:dokkerr` */
  readonly user?: string;
  /** the beginning of it */
  readonly userAgent?: string;
  /** as writes name it in their query */
  readonly fieldManager?: string;
}

/** Its answered requests, and its watches as soon as they were accepted, in the order they came in. */
export async function auditedRequests(path: string, selection: AuditSelection): Promise<AuditedRequest[]> {
  const text = await readFile(path, 'utf8');
  return text
    .split('\n')
    .flatMap((line) => parse(line))
    .filter((event) => isAnswer(event) && matches(event, selection))
    .map(requestOf)
    .sort((a, b) => a.at - b.at);
}

const reads = new Set(['get', 'list', 'watch']);

/** Requests that changed an object; Events and Leases are no part of any object's state. */
export function writesOf(requests: readonly AuditedRequest[]): AuditedRequest[] {
  return requests.filter(
    ({ verb, resource, code }) => !reads.has(verb) && resource !== 'events' && resource !== 'leases' && code < 300,
  );
}

/** Every request that was refused for want of a permission, as people say it: `watch nodes`, each once. */
export function refusedTo(requests: readonly AuditedRequest[]): string[] {
  return unique(requests.filter(({ forbidden }) => forbidden).map(describe));
}

/** Permissions of a role that no request made use of, each once: candidates for removal. */
export function unusedOf(rules: readonly PolicyRule[], requests: readonly AuditedRequest[]): string[] {
  const used = new Set(
    requests.flatMap(({ verb, group, resource, code, forbidden }) => {
      if (forbidden) return [];
      // A server-side apply that makes the object needs both.
      const verbs = verb === 'patch' && code === 201 ? [verb, 'create'] : [verb];
      return verbs.map((needed) => permission(needed, group, resource));
    }),
  );
  return unique(
    rules.flatMap(({ apiGroups, resources, verbs }) =>
      apiGroups.flatMap((group) =>
        resources.flatMap((resource) => verbs.map((verb) => permission(verb, group, resource))),
      ),
    ),
  ).filter((granted) => !used.has(granted));
}

function describe({ verb, group, resource, namespace, requestURI }: AuditedRequest): string {
  if (resource === undefined) return `${verb} ${requestURI}`;
  return `${permission(verb, group, resource)}${namespace === undefined ? '' : ` in ${namespace}`}`;
}

function permission(verb: string, group: string | undefined, resource: string | undefined): string {
  return `${verb} ${resource}${group === undefined || group === '' ? '' : `.${group}`}`;
}

/** The last line may still be being written. */
function parse(line: string): AuditEvent[] {
  try {
    return [JSON.parse(line) as AuditEvent];
  } catch {
    return [];
  }
}

/** A watch is answered when it begins; when it completes, it would be counted twice. */
function isAnswer({ stage, verb }: AuditEvent): boolean {
  return stage === (verb === 'watch' ? 'ResponseStarted' : 'ResponseComplete') || stage === 'Panic';
}

function matches(event: AuditEvent, { user, userAgent, fieldManager }: AuditSelection): boolean {
  return (
    (user === undefined || event.user?.username === user) &&
    (userAgent === undefined || event.userAgent?.startsWith(userAgent) === true) &&
    (fieldManager === undefined ||
      new URLSearchParams(event.requestURI.split('?')[1]).get('fieldManager') === fieldManager)
  );
}

function requestOf(event: AuditEvent): AuditedRequest {
  const { verb, requestURI, objectRef, user, userAgent = '', responseStatus, annotations } = event;
  const { resource, subresource, namespace, name, apiGroup = '' } = objectRef ?? {};
  return {
    verb,
    requestURI,
    user: user?.username ?? '',
    userAgent,
    group: resource === undefined ? undefined : apiGroup,
    resource: resource === undefined || subresource === undefined ? resource : `${resource}/${subresource}`,
    namespace,
    name,
    code: responseStatus?.code ?? 0,
    forbidden: annotations?.['authorization.k8s.io/decision'] === 'forbid',
    pod: user?.extra?.['authentication.kubernetes.io/pod-name']?.[0],
    at: Date.parse(event.requestReceivedTimestamp),
  };
}

function unique(words: readonly string[]): string[] {
  return [...new Set(words)].sort();
}
