/**
 * Makes a result fit into a termination message. What is longest and says least goes first: what the engine said, then lists
 * from their ends, last the message; how a run ended and which snapshot it made always stay.
 */
import { type MoverResult, resultLimit } from '#contracts/mover/result.ts';

/** Most entries of a list that could ever fit; more are cut off without looking. */
const mostEntries = 60;
/** Characters that one path or warning may have. */
const longestText = 240;

/** The result as JSON of at most `limit` bytes of UTF-8. */
export function fitResult(result: MoverResult, limit: number = resultLimit): string {
  let fitting = shortened(result);
  for (const reduce of reductions) {
    while (sizeOf(fitting) > limit) {
      const smaller = reduce(fitting);
      if (smaller === undefined) break;
      fitting = smaller;
    }
  }
  return JSON.stringify(fitting);
}

function sizeOf(result: MoverResult): number {
  return Buffer.byteLength(JSON.stringify(result));
}

/** Makes a result smaller; undefined when it cannot. */
type Reduction = (result: MoverResult) => MoverResult | undefined;

const reductions: readonly Reduction[] = [
  halveTail,
  dropLast('snapshots'),
  dropLast('warnings'),
  dropLast('unreadable'),
  (result) => {
    const { verification } = result;
    if (verification?.mismatched === undefined) return undefined;
    const { mismatched, ...rest } = verification;
    return { ...result, verification: mismatched.length > 1 ? { ...rest, mismatched: mismatched.slice(0, -1) } : rest };
  },
  (result) => {
    const { failure } = result;
    if (failure === undefined || failure.message.length < 100) return undefined;
    return { ...result, failure: { ...failure, message: cut(failure.message, failure.message.length / 2) } };
  },
];

/** Its end says most. */
function halveTail(result: MoverResult): MoverResult | undefined {
  const { failure } = result;
  if (failure?.stderrTail === undefined) return undefined;
  const { stderrTail, ...rest } = failure;
  if (stderrTail.length < 100) return { ...result, failure: rest };
  return { ...result, failure: { ...rest, stderrTail: stderrTail.slice(Math.ceil(stderrTail.length / 2)) } };
}

function dropLast(list: 'snapshots' | 'warnings' | 'unreadable'): Reduction {
  return (result) => {
    const entries = result[list];
    return entries === undefined || entries.length === 0 ? undefined : { ...result, [list]: entries.slice(0, -1) };
  };
}

/** Bounds every list and text, so that fitting takes few steps. */
function shortened(result: MoverResult): MoverResult {
  const { snapshots, warnings, unreadable, verification, failure } = result;
  return {
    ...result,
    ...(snapshots === undefined ? {} : { snapshots: snapshots.slice(0, mostEntries) }),
    ...(warnings === undefined ? {} : { warnings: texts(warnings) }),
    ...(unreadable === undefined ? {} : { unreadable: texts(unreadable) }),
    ...(verification?.mismatched === undefined
      ? {}
      : { verification: { ...verification, mismatched: texts(verification.mismatched) } }),
    ...(failure === undefined
      ? {}
      : {
          failure: {
            ...failure,
            message: cut(failure.message, 1000),
            ...(failure.stderrTail === undefined ? {} : { stderrTail: failure.stderrTail.slice(-2000) }),
          },
        }),
  };
}

function texts(all: readonly string[]): string[] {
  return all.slice(0, mostEntries).map((text) => cut(text, longestText));
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, Math.floor(length) - 1)}…`;
}
