/** Looking after a repository: finding and mending damage, removing what nobody needs, locks of the dead. */
import { RunFailure, type RunFailureDetail } from '#contracts/mover/failure.ts';
import type { CallOptions, CheckOrder } from '../engine.ts';
import { command } from './command.ts';
import { resticFailure } from './failure.ts';
import { checkSummary, errorLine, parseLine } from './messages.ts';
import { type ResticProgram, runRestic } from './process.ts';

/** How many of the findings are told. */
const toldFindings = 5;
/** How many damaged packs are told, by ids of 64 characters; the others are found by the check after the repair. */
const toldPacks = 16;

/** How a snapshot is spoken of that is not there: by the start of its id, or by all of it. */
const absent = /no matching ID found|failed to load snapshot .*(does not exist|no such file)/;

/** What a check says besides what it found. */
const advice = /^(The repository |restic repair |Damaged pack files )/;

/** Reads what it looks at from the store, not from the cache. */
export async function check(restic: ResticProgram, order: CheckOrder, { signal }: CallOptions): Promise<void> {
  const findings: string[] = [];
  const onError = (line: string) => {
    const message = parseLine(errorLine, line);
    if (message?.message_type !== 'error' || !('message' in message)) return;
    const finding = message.message.trim().replace(/^error: /, '');
    if (finding !== '' && !advice.test(finding)) findings.push(finding);
  };
  let damagedPacks: readonly string[] = [];
  const onOutput = (line: string) => {
    damagedPacks = parseLine(checkSummary, line)?.broken_packs ?? damagedPacks;
  };
  const { snapshotID, readDataPercent, exclusive } = order;
  const args = [
    'check',
    '--json',
    ...(exclusive ? [] : ['--no-lock']),
    ...(readDataPercent === undefined ? [] : [`--read-data-subset=${readDataPercent}%`]),
    ...(snapshotID === undefined ? [] : [snapshotID]),
  ];
  const end = await runRestic(restic, { args, signal, onOutput, onError });
  if (end.exitCode === 0) return;
  const failure = resticFailure(end);
  // A check that the store cut short found nothing of the repository's.
  if (failure.class !== 'RepositoryCorrupt' || findings.length === 0) throw failure;
  throw findingsFailure(findings, { ...end, damagedPacks: damagedPacks.slice(0, toldPacks) });
}

function findingsFailure(findings: readonly string[], detail: RunFailureDetail): RunFailure {
  const missing = findings.find((finding) => absent.test(finding));
  if (missing !== undefined) return new RunFailure('SnapshotMissing', `there is no such snapshot: ${missing}`, detail);
  const told = findings.slice(0, toldFindings).join('; ');
  return new RunFailure('RepositoryCorrupt', `the repository is damaged: ${told}`, detail);
}

/** Removes snapshots; restic passes over those that are gone. */
export async function forget(restic: ResticProgram, ids: readonly string[], { signal }: CallOptions): Promise<void> {
  await command(restic, { args: ['forget', '--json', ...ids], signal });
}

/** Removes data that no snapshot needs. */
export async function prune(restic: ResticProgram, maxUnusedPercent: number, { signal }: CallOptions): Promise<void> {
  await command(restic, { args: ['prune', '--json', `--max-unused=${maxUnusedPercent}%`], signal });
}

/**
 * Saves what is good of damaged packs into others and removes them, then makes the index anew from the packs that are there.
 * Snapshots that need what is lost stay as they are: the same content, backed up again, makes them whole.
 */
export async function repair(
  restic: ResticProgram,
  damagedPacks: readonly string[],
  { signal }: CallOptions,
): Promise<void> {
  const there = damagedPacks.length === 0 ? [] : await packsAmong(restic, damagedPacks, signal);
  if (there.length > 0) await command(restic, { args: ['repair', 'packs', ...there], signal });
  await command(restic, { args: ['repair', 'index', '--json'], signal });
}

/** Which of them are still there: a mover before this one may have come as far. */
async function packsAmong(restic: ResticProgram, ids: readonly string[], signal: AbortSignal): Promise<string[]> {
  const wanted = new Set(ids);
  const found: string[] = [];
  const onOutput = (line: string) => {
    if (wanted.has(line.trim())) found.push(line.trim());
  };
  await command(restic, { args: ['list', 'packs', '--no-lock'], signal, onOutput });
  return found;
}

/** restic calls a lock stale that was not refreshed for 30 min, or whose process on this host is gone. */
export async function unlock(restic: ResticProgram, all: boolean, { signal }: CallOptions): Promise<number> {
  const lines: string[] = [];
  // Only its text says how many; with --json it says nothing.
  await command(restic, {
    args: ['unlock', ...(all ? ['--remove-all'] : [])],
    signal,
    onOutput: (line) => lines.push(line),
  });
  return Number(/removed (\d+) locks/.exec(lines.join('\n'))?.[1] ?? 0);
}
