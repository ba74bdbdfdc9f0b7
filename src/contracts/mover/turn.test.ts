import { expect, it } from 'vitest';
import { type TurnFacts, turnOf } from './turn.ts';

const turn = (facts: Partial<TurnFacts>) => {
  const found = turnOf({ maxJobs: 4, active: [], nodes: ['a', 'b'], ...facts });
  return found.kind === 'go' ? found.avoid : found.message;
};

it('lets a mover begin while fewer work than may, and nobody has the repository to itself', () => {
  expect(turn({})).toEqual([]);
  expect(turn({ active: [{}, {}, {}] })).toEqual([]);
  expect(turn({ active: [{}, {}, {}, {}] })).toBe('4 of 4 Jobs of the store are busy');
  expect(turn({ takenBy: 'prune for BackupStore offsite' })).toContain('taken by prune');
});

it('keeps a mover back while the store cannot be used', () => {
  expect(turn({ notReady: 'BackupStore offsite is not ready' })).toContain('not ready');
});

it('keeps a mover from nodes that have as many as they may, and waits when all have', () => {
  expect(turn({ maxJobsPerNode: 1, active: [{ node: 'a' }] })).toEqual(['a']);
  expect(turn({ maxJobsPerNode: 2, active: [{ node: 'a' }] })).toEqual([]);
  expect(turn({ maxJobsPerNode: 1, active: [{ node: 'a' }, { node: 'b' }] })).toContain('every node');
});

it('waits until the mover before it has a node, for it may get the one that is left', () => {
  expect(turn({ maxJobsPerNode: 1, active: [{}] })).toContain('no node yet');
});

it('waits for the only node it can run on, whatever room there is elsewhere', () => {
  expect(turn({ maxJobsPerNode: 1, active: [{ node: 'a' }], node: 'a' })).toContain('every node it could run on');
  expect(turn({ maxJobsPerNode: 1, active: [{ node: 'a' }], node: 'b' })).toEqual([]);
});

it('goes one by one where nodes cannot be seen, rather than wait in vain as a pod that no node takes', () => {
  expect(turn({ maxJobsPerNode: 1, nodes: undefined })).toEqual([]);
  expect(turn({ maxJobsPerNode: 1, nodes: undefined, active: [{ node: 'a' }] })).toContain('every node');
});
