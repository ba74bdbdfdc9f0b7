/** What a client wrote, from the API server's own audit log. */
import { readFile } from 'node:fs/promises';

interface AuditEvent {
  verb: string;
  stage: string;
  userAgent?: string;
  objectRef?: { resource?: string; subresource?: string; name?: string };
}

const reads = new Set(['get', 'list', 'watch']);

/**
 * Writes in their order, as `patch widgets/status`; Events left out, since they are no part of an object's state.
 * @param select whose writes, and of which object where given
 */
export async function auditedWrites(path: string, select: { userAgent: string; name?: string }): Promise<string[]> {
  const lines = (await readFile(path, 'utf8')).split('\n').filter((line) => line.includes(select.userAgent));
  return lines
    .map((line) => JSON.parse(line) as AuditEvent)
    .filter(({ stage, verb }) => stage === 'ResponseComplete' && !reads.has(verb))
    .filter(({ objectRef }) => objectRef?.resource !== 'events')
    .filter(({ objectRef }) => select.name === undefined || objectRef?.name === select.name)
    .map(({ verb, objectRef }) => {
      const { resource, subresource } = objectRef ?? {};
      return `${verb} ${resource}${subresource === undefined ? '' : `/${subresource}`}`;
    });
}
