/** Where a command writes: results to standard output, everything else to standard error, as pipes expect it. */
import { LiveArea } from './live-area.ts';
import { type Paint, paintFor } from './paint.ts';

export interface Terminal {
  /** a line, or several, of the result */
  print(text: string): void;
  /** a line for who looks on */
  note(line: string): void;
  /** of results */
  readonly paint: Paint;
  /** of notes */
  readonly notePaint: Paint;
  /** present where notes are read on a terminal that can draw */
  readonly live: LiveArea | undefined;
}

/** That of this process. */
export function processTerminal({ stdout, stderr, env }: NodeJS.Process = process): Terminal {
  // Whoever reads along has gone, as `| head` does: there is nobody left to tell.
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    throw error;
  });
  const canDraw = stderr.isTTY === true && env.TERM !== 'dumb';
  return {
    print: (text) => void stdout.write(`${text}\n`),
    note: (line) => void stderr.write(`${line}\n`),
    paint: paintFor({ isTTY: stdout.isTTY, env }),
    notePaint: paintFor({ isTTY: stderr.isTTY, env }),
    live: canDraw ? new LiveArea(stderr) : undefined,
  };
}
