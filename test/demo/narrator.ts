/** Tells the demo's story on the terminal: what is done, what came of it, and how long it took. */
import { styleText } from 'node:util';

export interface Narrator {
  /** Announces a step, runs it, and tells its time; a step that fails says so before the error goes on. */
  step<T>(title: string, action: () => Promise<T>): Promise<T>;
  /** A command a person could type, and what it printed. */
  command(line: string, output?: string): void;
  note(text: string): void;
}

/** @param print writes one line; colours are left out where the terminal has none. */
export function createNarrator(print: (line: string) => void): Narrator {
  const startedAt = performance.now();
  const clock = () => `${((performance.now() - startedAt) / 1000).toFixed(1).padStart(6)} s`;
  const indented = (text: string) =>
    text
      .split('\n')
      .map((line) => `           ${line}`)
      .join('\n');
  return {
    step: async (title, action) => {
      print(`${styleText('dim', clock())}  ${styleText('bold', title)}`);
      const began = performance.now();
      try {
        const result = await action();
        print(styleText('green', `           done in ${((performance.now() - began) / 1000).toFixed(1)} s`));
        return result;
      } catch (error) {
        print(styleText('red', `           failed after ${((performance.now() - began) / 1000).toFixed(1)} s`));
        throw error;
      }
    },
    command: (line, output = '') => {
      print(indented(styleText('cyan', `$ ${line}`)));
      if (output !== '') print(indented(output));
    },
    note: (text) => print(indented(text)),
  };
}
