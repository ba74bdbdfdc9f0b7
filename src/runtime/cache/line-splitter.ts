/** Cuts a byte stream into lines, however it is chunked. It relies on nothing but Buffer. */

const newline = 0x0a;

/** Far above the largest object etcd takes (1.5 MB): a longer line is not a watch event but a stream gone wrong. */
const maxLineBytes = 64 * 1024 * 1024;

/**
 * A line that lies within one chunk is decoded where it lies; only one that spans chunks is joined first. Empty lines
 * are passed over, and what stands behind the last newline is kept for the next chunk.
 */
export class LineSplitter {
  readonly #onLine: (line: string) => void;
  #pending: Buffer[] = [];
  #pendingBytes = 0;

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  /** @throws RangeError when a line grows beyond 64 MiB */
  push(chunk: Buffer): void {
    let start = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
      if (this.#pendingBytes > 0) this.#onLine(this.#join(chunk.subarray(start, end)));
      else if (end > start) this.#onLine(chunk.toString('utf8', start, end));
      start = end + 1;
    }
    if (start < chunk.length) this.#keep(start === 0 ? chunk : chunk.subarray(start));
  }

  #keep(rest: Buffer): void {
    this.#pending.push(rest);
    this.#pendingBytes += rest.length;
    if (this.#pendingBytes > maxLineBytes) throw new RangeError(`a line is longer than ${maxLineBytes} bytes`);
  }

  #join(last: Buffer): string {
    const line = Buffer.concat([...this.#pending, last], this.#pendingBytes + last.length).toString('utf8');
    this.#pending = [];
    this.#pendingBytes = 0;
    return line;
  }
}
