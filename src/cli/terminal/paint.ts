/** Colours, where somebody sees them: never into a file or a pipe, and not where NO_COLOR (https://no-color.org) asks for none. */
import { styleText } from 'node:util';

export type Tone = 'good' | 'bad' | 'busy' | 'faint' | 'strong';

/** The text in that tone, or as it is. */
export type Paint = (tone: Tone, text: string) => string;

const styles = { good: 'green', bad: 'red', busy: 'cyan', faint: 'dim', strong: 'bold' } as const;

/** In colours. */
export const painted: Paint = (tone, text) => styleText(styles[tone], text, { validateStream: false });

/** As it is. */
export const plain: Paint = (_tone, text) => text;

export interface Surroundings {
  readonly isTTY?: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** NO_COLOR counts when it is not empty, as its page says. */
export function paintFor({ isTTY, env }: Surroundings): Paint {
  const wanted = isTTY === true && env.TERM !== 'dumb' && (env.NO_COLOR ?? '') === '';
  return wanted ? painted : plain;
}

/** How a phase looks: every kind's words. */
export function toneOf(phase: string): Tone | undefined {
  switch (phase) {
    case 'Completed':
    case 'Ready':
    case 'Running':
    case 'Succeeded':
    case 'Passed':
    case 'Planned':
    case 'Switched':
      return 'good';
    case 'Failed':
    case 'PartiallyFailed':
    case 'RolledBack':
    case 'Degraded':
      return 'bad';
    case 'InProgress':
    case 'Verifying':
    case 'Restoring':
    case 'VerifyingTarget':
    case 'RollingBack':
    case 'Updating':
    case 'Creating':
    case 'Initializing':
    case 'Planning':
    case 'Stopping':
    case 'BackingUp':
    case 'Copying':
    case 'Transforming':
    case 'Validating':
    case 'Synchronising':
    case 'SwitchingOver':
    case 'Starting':
    case 'Resuming':
    case 'CleaningUp':
    case 'Canceling':
      return 'busy';
    default:
      return undefined;
  }
}
