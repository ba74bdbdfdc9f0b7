/** Reads writes out of an API server's audit log. */

interface AuditEvent {
  readonly stage: string;
  readonly verb: string;
  readonly userAgent?: string;
  readonly objectRef?: { readonly resource: string };
}

const writing = new Set(['create', 'update', 'patch', 'delete', 'deletecollection']);

/** Writes of whoever calls itself like that: to events, and to everything else. */
export function countWrites(log: string, userAgent: RegExp): { objects: number; events: number } {
  let objects = 0;
  let events = 0;
  for (const line of log.split('\n')) {
    if (line === '') continue;
    const event = JSON.parse(line) as AuditEvent;
    if (event.stage !== 'ResponseComplete' || !writing.has(event.verb) || !userAgent.test(event.userAgent ?? ''))
      continue;
    if (event.objectRef?.resource === 'events') events++;
    else if (event.objectRef?.resource !== 'selfsubjectrulesreviews') objects++;
  }
  return { objects, events };
}
