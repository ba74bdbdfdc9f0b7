/** Reads out of an API server's audit log what somebody asked of it. */

interface AuditEvent {
  readonly stage: string;
  readonly verb: string;
  readonly userAgent?: string;
  readonly user?: { readonly username?: string };
  readonly objectRef?: { readonly resource?: string; readonly subresource?: string; readonly name?: string };
  readonly responseStatus?: { readonly code?: number };
  readonly requestReceivedTimestamp: string;
  readonly stageTimestamp: string;
}

/** One request that has been answered. */
export interface Call {
  readonly verb: string;
  /** `widgets/status`; empty for what is no resource */
  readonly resource: string;
  readonly name: string;
  readonly code: number;
  /** RFC 3339 with microseconds */
  readonly from: string;
  readonly to: string;
}

const reading = new Set(['get', 'list', 'watch']);

/** Reviews are asked by POST and write nothing; a Lease is no object of anybody's. */
export function isWrite({ verb, resource }: Call): boolean {
  return !reading.has(verb) && !resource.startsWith('self') && resource !== 'leases' && resource !== 'events';
}

/** The answered requests of one user, in the order of the log. @param log whole lines */
export function callsOf(log: string, userName: string): readonly Call[] {
  return eventsOf(log)
    .filter(({ user }) => user?.username === userName)
    .map(({ verb, objectRef: { resource = '', subresource, name = '' } = {}, ...event }) => ({
      verb,
      resource: subresource === undefined ? resource : `${resource}/${subresource}`,
      name,
      code: event.responseStatus?.code ?? 0,
      from: event.requestReceivedTimestamp,
      to: event.stageTimestamp,
    }));
}

/** Writes of whoever calls itself like that: to events, to the leader's Lease, and to everything else. */
export function countWrites(log: string, userAgent: RegExp): { objects: number; events: number; leases: number } {
  const writes = eventsOf(log).filter(({ verb, userAgent: name = '' }) => !reading.has(verb) && userAgent.test(name));
  const events = writes.filter(({ objectRef }) => objectRef?.resource === 'events').length;
  const leases = writes.filter(({ objectRef }) => objectRef?.resource === 'leases').length;
  const reviews = writes.filter(({ objectRef }) => objectRef?.resource === 'selfsubjectrulesreviews').length;
  return { objects: writes.length - events - leases - reviews, events, leases };
}

function eventsOf(log: string): AuditEvent[] {
  return log
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as AuditEvent)
    .filter(({ stage }) => stage === 'ResponseComplete');
}
