/** Whether two files have the same content, read side by side and never held whole. */
import { constants, type FileHandle, open } from 'node:fs/promises';
import { bytesOf } from './entry.ts';

/** Bytes read of each file at a time. */
const portion = 256 << 10;

/** Room to read two files; one pair of them can be read in it at a time. */
export interface Portions {
  readonly source: Buffer;
  readonly target: Buffer;
}

export function newPortions(): Portions {
  return { source: Buffer.allocUnsafe(portion), target: Buffer.allocUnsafe(portion) };
}

/**
 * Resolves to the first byte in which they differ; undefined when they are the same.
 * @param size of both
 * @param onBytes told of each portion that was read
 */
export async function compareContent(
  source: string,
  target: string,
  size: number,
  portions: Portions,
  onBytes: (bytes: number) => void,
): Promise<number | undefined> {
  await using sourceFile = await openFile(source);
  await using targetFile = await openFile(target);
  for (let position = 0; position < size; ) {
    const length = Math.min(portion, size - position);
    const into = { source: portions.source.subarray(0, length), target: portions.target.subarray(0, length) };
    const [ofSource, ofTarget] = await Promise.all([
      fill(sourceFile, into.source, position),
      fill(targetFile, into.target, position),
    ]);
    onBytes(ofSource);
    const difference = firstDifference(into.source.subarray(0, ofSource), into.target.subarray(0, ofTarget));
    if (difference !== undefined) return position + difference;
    // Both became shorter meanwhile, by the same.
    if (ofSource < length) return position + ofSource;
    position += length;
  }
  return undefined;
}

/** A name that has become a link meanwhile leads nowhere else, and a FIFO holds nobody up. */
function openFile(path: string): Promise<FileHandle> {
  return open(bytesOf(path), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
}

/** Reads until the portion is full or the file ends; resolves to how many bytes it took. */
async function fill(file: FileHandle, into: Buffer, position: number): Promise<number> {
  for (let filled = 0; ; ) {
    const { bytesRead } = await file.read(into, filled, into.length - filled, position + filled);
    filled += bytesRead;
    if (bytesRead === 0 || filled === into.length) return filled;
  }
}

function firstDifference(source: Buffer, target: Buffer): number | undefined {
  if (source.equals(target)) return undefined;
  const length = Math.min(source.length, target.length);
  for (let index = 0; index < length; index += 1) if (source[index] !== target[index]) return index;
  return length;
}
