import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { hasEnded, identify, isAlive, parseStat } from './identity.ts';

describe('the identity of a process', () => {
  it('reads state, parent, threads and start time behind a name with spaces and parentheses', () => {
    const rest = Array.from({ length: 40 }, (_, index) => String(index + 4));
    expect(parseStat(`17 (a) b (c)) S ${rest.join(' ')}`)).toEqual({
      state: 'S',
      parent: 4,
      threads: 20,
      startTime: 22,
    });
  });

  it('says that a running process lives and that it does not once it ended', async () => {
    const child = spawn('sleep', ['60']);
    const identity = identify(child.pid ?? 0);
    expect(identity && isAlive(identity)).toBe(true);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(identity && isAlive(identity)).toBe(false);
  });

  it('does not take another process for it that got the same number later', () => {
    const identity = { pid: 4711, startTime: 1000, bootId: 'a' };
    expect(isAlive(identity, () => ({ ...identity, startTime: 2000 }))).toBe(false);
  });

  it('does not take a process of an earlier boot for it', () => {
    const identity = { pid: 4711, startTime: 1000, bootId: 'a' };
    expect(isAlive(identity, () => ({ ...identity, bootId: 'b' }))).toBe(false);
  });

  it('counts a process as alive until its last thread has ended, though its first is a zombie', () => {
    expect(hasEnded({ state: 'Z', threads: 2 })).toBe(false);
    expect(hasEnded({ state: 'Z', threads: 1 })).toBe(true);
  });

  it('counts a zombie as dead', async () => {
    // The shell never collects its child, which so stays a zombie; it prints the child's number first.
    const parent = spawn('sh', ['-c', 'true & echo $!; exec sleep 60']);
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    await expect.poll(() => identify(Number(line.toString()))).toBeUndefined();
    parent.kill('SIGKILL');
    await once(parent, 'exit');
  });
});
