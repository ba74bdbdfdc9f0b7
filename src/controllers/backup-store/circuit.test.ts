import { expect, it } from 'vitest';
import { afterSilence, type Circuit, pauseLeft } from './circuit.ts';

const now = new Date('2026-01-01T00:00:00Z');

/** Seconds the store is left alone after each of so many failures. */
function pauses(count: number, longestMs: number): number[] {
  let circuit: Circuit | undefined;
  return Array.from({ length: count }, () => {
    circuit = afterSilence(circuit, now, longestMs);
    return pauseLeft(circuit, now) / 1000;
  });
}

it('leaves a silent store alone from the third failure on, ever longer, and never longer than it is looked at anyway', () => {
  expect(pauses(8, 300_000)).toEqual([0, 0, 30, 60, 120, 240, 300, 300]);
  expect(pauses(4, 10_000)).toEqual([0, 0, 10, 10]);
});

it('asks a store of which nothing is known, and one whose pause is over', () => {
  expect(pauseLeft(undefined, now)).toBe(0);
  expect(pauseLeft({ failures: 9, openUntil: '2025-12-31T23:59:59Z' }, now)).toBe(0);
});
