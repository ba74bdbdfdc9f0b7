/** What changed between two versions of a run, one line a change: for logs and pipes. Pure. */
import { span } from '../render/age.ts';
import { oneLine } from '../render/one-line.ts';
import { figures, transferOf } from './transfer.ts';
import { type Run, type RunStep, shownSteps } from './types.ts';

/** @param before undefined for the first version seen */
export function news(before: Run | undefined, after: Run): string[] {
  const known = new Map(before === undefined ? [] : shownSteps(before).map((step) => [identityOf(step), step]));
  const steps = shownSteps(after).flatMap((step) => {
    const line = stepLine(step);
    const old = known.get(identityOf(step));
    return line === undefined || (old !== undefined && stepLine(old) === line) ? [] : [line];
  });
  return [...steps, ...transferNews(before, after)];
}

function identityOf({ itinerary = 'Forward', name }: RunStep): string {
  return `${itinerary}/${name}`;
}

/** Undefined while there is nothing to say of it. */
function stepLine({ name, state, message = '', startedAt, completedAt }: RunStep): string | undefined {
  const said = oneLine(message);
  switch (state) {
    case 'Pending':
      return undefined;
    case 'Running':
      return said === '' ? `${name}: under way` : `${name}: ${said}`;
    case 'Succeeded': {
      if (startedAt === undefined || completedAt === undefined) return `${name}: done`;
      return `${name}: done in ${span(Date.parse(completedAt) - Date.parse(startedAt))}`;
    }
    case 'Failed':
      return `${name}: failed: ${said}`;
    case 'Skipped':
      return `${name}: skipped${said === '' ? '' : `: ${said}`}`;
  }
}

function transferNews(before: Run | undefined, after: Run): string[] {
  const line = transferLine(after);
  return line === undefined || (before !== undefined && transferLine(before) === line) ? [] : [line];
}

function transferLine(run: Run): string | undefined {
  const transfer = transferOf(run);
  return transfer === undefined ? undefined : `${transfer.percent}%  ${figures(transfer)}`;
}
