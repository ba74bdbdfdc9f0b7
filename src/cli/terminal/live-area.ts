/** The last lines of a terminal, drawn anew in place: the only file that writes control codes. */

export interface LiveStream {
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

/** Of a terminal that does not tell, or tells 0. */
const usualColumns = 80;

const csi = '\u001b[';

/** Lines are as wide as the terminal at most, and what is drawn fits on it: whoever draws sees to that. */
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

  /** Puts these in place of the ones before. */
  draw(lines: readonly string[]): void {
    const text = lines.map((line) => `${line}\n`).join('');
    if (text === this.#drawn) return;
    this.#stream.write(this.#back() + text);
    this.#height = lines.length;
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
