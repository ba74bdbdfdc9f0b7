/** A run as a few lines for a terminal: its steps, and how far the one at work is. Pure. */
import { span } from '../render/age.ts';
import { cut, oneLine } from '../render/one-line.ts';
import type { Paint, Tone } from '../terminal/paint.ts';
import { bar, figures, transferOf } from './transfer.ts';
import { type Run, type RunStep, shownSteps } from './types.ts';

export interface ViewOptions {
  readonly now: Date;
  /** columns a line may have */
  readonly width: number;
  readonly paint: Paint;
}

const marks: { readonly [S in RunStep['state']]: { readonly mark: string; readonly tone: Tone } } = {
  Pending: { mark: '·', tone: 'faint' },
  Running: { mark: '▸', tone: 'busy' },
  Succeeded: { mark: '✓', tone: 'good' },
  Failed: { mark: '✗', tone: 'bad' },
  Skipped: { mark: '–', tone: 'faint' },
};

/** Of the column with the names of steps. */
const nameWidth = 16;
const barWidth = 24;

/** One line a step, and one for the transfer under way. */
export function view(run: Run, options: ViewOptions): string[] {
  return shownSteps(run).flatMap((step) => [
    stepLine(step, options),
    ...(step.state === 'Running' ? transferLines(run, options) : []),
  ]);
}

function stepLine(step: RunStep, { now, width, paint }: ViewOptions): string {
  const { mark, tone } = marks[step.state];
  const text = cut(`${step.name.padEnd(nameWidth)} ${saidOf(step, now)}`.trimEnd(), width - 2);
  return `${paint(tone, mark)} ${step.state === 'Pending' ? paint('faint', text) : text}`;
}

/** How long it took, or what it waits for. */
function saidOf({ state, message, startedAt, completedAt }: RunStep, now: Date): string {
  const from = startedAt === undefined ? undefined : Date.parse(startedAt);
  const said = oneLine(message ?? '');
  switch (state) {
    case 'Pending':
      return '';
    case 'Running':
      return [...(from === undefined ? [] : [span(now.getTime() - from)]), said].join('  ');
    case 'Skipped':
      return said;
    case 'Failed':
      return said;
    case 'Succeeded':
      return from === undefined || completedAt === undefined ? '' : span(Date.parse(completedAt) - from);
  }
}

function transferLines(run: Run, { width, paint }: ViewOptions): string[] {
  const transfer = transferOf(run);
  if (transfer === undefined) return [];
  const percent = `${transfer.percent}%`.padStart(4);
  const room = Math.max(4, Math.min(barWidth, width - 50));
  const text = cut(`${percent}  ${figures(transfer)}`, width - room - 3);
  return [`  ${paint('busy', bar(transfer.percent, room))} ${text}`];
}
