/** A request's body, up to a limit. */
import type { IncomingMessage } from 'node:http';

/** The text, or undefined when it is larger than `limit` bytes; then the rest is left unread. */
export async function readBody(request: IncomingMessage, limit: number): Promise<string | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > limit) return undefined;
  const chunks: Buffer[] = [];
  let size = 0;
  // Each chunk of a request without an encoding set is a Buffer.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size).toString();
}
