import { expect, it } from 'vitest';
import { moverLine } from '#contracts/mover/progress.ts';
import { manualClock } from '#runtime/manual-clock.ts';
import { createReporter } from './progress-writer.ts';

function setUp() {
  const clock = manualClock();
  const lines: string[] = [];
  const reporter = createReporter(clock, (line) => lines.push(line));
  return { clock, reporter, lines: () => lines.map((line) => moverLine.parse(JSON.parse(line))) };
}

const at = (bytesDone: number) => ({ bytesDone, totalBytes: 1000, filesDone: 1, totalFiles: 3 });

it('writes no more than one line in five seconds', () => {
  const { clock, reporter, lines } = setUp();
  for (let tick = 0; tick < 100; tick++) {
    reporter.progress('Transferring', at(tick));
    clock.advance(100);
  }
  expect(lines()).toHaveLength(2);
});

it('says how fast it went since the line before', () => {
  const { clock, reporter, lines } = setUp();
  reporter.progress('Transferring', at(100));
  clock.advance(5_000);
  reporter.progress('Transferring', at(600));
  expect(lines().at(-1)).toMatchObject({ percent: 60, bytesPerSecond: 100, bytesDone: 600 });
});

it('counts files where there are no bytes', () => {
  const { reporter, lines } = setUp();
  reporter.progress('Transferring', { bytesDone: 0, totalBytes: 0, filesDone: 1, totalFiles: 3 });
  expect(lines()).toMatchObject([{ percent: 33.3 }]);
});

it('never says more than the whole while totals are being counted', () => {
  const { reporter, lines } = setUp();
  reporter.progress('Transferring', { ...at(2000), totalBytes: 1000 });
  expect(lines()).toMatchObject([{ percent: 100 }]);
});
