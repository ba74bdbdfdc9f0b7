/** `node compare-process.ts TARGET ORDER`: two folders compared as a mover does it, by whoever this runs as; tells what it found, as JSON. */
import { asRunFailure } from '#contracts/mover/failure.ts';
import { comparison } from '#contracts/mover/request.ts';
import { systemClock } from '#runtime/clock.ts';
import { compareFolders } from '#src/mover/operations/compare.ts';
import { createReporter } from '#src/mover/progress-writer.ts';

const ending = new AbortController();
process.on('SIGTERM', () => ending.abort());
const write = (line: string) => console.log(line);
const [target = '', order = ''] = process.argv.slice(2);
try {
  const report = createReporter(systemClock, write);
  const wanted = { ...comparison.parse(JSON.parse(order)), target };
  write(JSON.stringify(await compareFolders(wanted, { report, signal: ending.signal })));
} catch (error) {
  const { message, retryable } = asRunFailure(error);
  write(JSON.stringify({ outcome: 'Failed', failure: { message, retryable, isCanceled: ending.signal.aborted } }));
}
