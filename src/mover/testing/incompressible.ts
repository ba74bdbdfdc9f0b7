/** Content that no engine makes smaller, and that is the same each time. */
import { createCipheriv } from 'node:crypto';

/** So many bytes that look like noise: a cipher's stream under a key that everybody knows. */
export function incompressible(bytes: number): Buffer {
  return createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16)).update(Buffer.alloc(bytes));
}
