/** The last lines of a terminal, drawn anew in place: the only file that writes control codes. */

export interface LiveStream {
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
  write(text: string): unknown;
}

/** Of a terminal that does not tell, or tells 0. */
const usualColumns = 80;
const usualRows = 24;

const csi = '\u001b[';

/** Lines are as wide as the terminal at most: whoever draws sees to that. */
export class LiveArea {
  readonly #stream: LiveStream;
  #height = 0;
  #drawn = '';

  constructor(stream: LiveStream) {
    this.#stream = stream;
  }

  /** Columns a line may have; one longer would wrap, and could not be drawn over. */
  get width(): number {
    return (this.#stream.columns || usualColumns) - 1;
  }

  /** Puts these in place of the ones before: the last of them, where the terminal has no room for all. */
  draw(lines: readonly string[]): void {
    const shown = lines.slice(-((this.#stream.rows || usualRows) - 1));
    const text = shown.map((line) => `${line}\n`).join('');
    if (text === this.#drawn) return;
    this.#stream.write(this.#back() + text);
    this.#height = shown.length;
    this.#drawn = text;
  }

  /** Writes a line that stays, above the ones that are drawn. */
  above(line: string): void {
    this.#stream.write(`${this.#back()}${line}\n${this.#drawn}`);
  }

  /** Leaves what was drawn last. */
  leave(): void {
    this.#height = 0;
    this.#drawn = '';
  }

  #back(): string {
    return this.#height === 0 ? '' : `${csi}${this.#height}A${csi}0J`;
  }
}
