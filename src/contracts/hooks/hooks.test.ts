import { describe, expect, it } from 'vitest';
import type { Hook, HookResult } from '#crds/run/hooks.ts';
import { hookFailure, mergeResults, nextHook } from './next.ts';
import { tailOf } from './tail.ts';

const hook = (name: string, onError: Hook['onError'] = 'Fail'): Hook => ({
  name,
  onError,
  timeout: '30s',
  exec: { command: ['true'] },
});

const result = (name: string, outcome: HookResult['outcome'], more: Partial<HookResult> = {}): HookResult => ({
  phase: 'Pre',
  name,
  outcome,
  attempts: 1,
  startedAt: '2026-06-01T02:00:00Z',
  completedAt: '2026-06-01T02:00:01Z',
  ...more,
});

describe('the next hook', () => {
  const hooks = [hook('flush'), hook('freeze')];
  const once = { phase: 'Pre', tries: 1 } as const;

  it('is the first that has not been run', () => {
    expect(nextHook(hooks, [], once)?.name).toBe('flush');
    expect(nextHook(hooks, [result('flush', 'Succeeded')], once)?.name).toBe('freeze');
  });

  it('is none once all were run, whatever became of them', () => {
    expect(nextHook(hooks, [result('flush', 'Failed'), result('freeze', 'Skipped')], once)).toBeUndefined();
  });

  it('is one that failed, as often as it may be tried', () => {
    const twice = { phase: 'Pre', tries: 2 } as const;
    const succeeded = result('freeze', 'Succeeded');
    expect(nextHook(hooks, [result('flush', 'Failed'), succeeded], twice)?.name).toBe('flush');
    expect(nextHook(hooks, [result('flush', 'Failed', { attempts: 2 }), succeeded], twice)).toBeUndefined();
  });

  it('is told apart from one of the same name on the other side of the copy', () => {
    expect(nextHook([hook('flush')], [result('flush', 'Succeeded', { phase: 'Post' })], once)?.name).toBe('flush');
  });
});

describe('a failure', () => {
  it('counts only where the hook says Fail', () => {
    const results = [result('told', 'Failed'), result('counted', 'Failed')];
    expect(hookFailure([hook('told', 'Continue'), hook('counted')], results, 'Pre')?.name).toBe('counted');
    expect(hookFailure([hook('told', 'Continue')], results, 'Pre')).toBeUndefined();
  });

  it('is forgotten when a later try succeeds', () => {
    const before = [result('flush', 'Failed'), result('freeze', 'Succeeded')];
    const results = mergeResults(before, [result('flush', 'Succeeded', { attempts: 2 })]);
    expect(results.map(({ name, attempts }) => `${name} ${attempts}`)).toEqual(['flush 2', 'freeze 1']);
    expect(hookFailure([hook('flush')], results, 'Pre')).toBeUndefined();
  });
});

describe('the end of what a program said', () => {
  it('is its last lines, without escape sequences and what would fill a status', () => {
    expect(tailOf('1\n2\n\n3\n4\n5\n\u001b[31m6\u0007\n')).toBe('2\n3\n4\n5\n[31m6');
    expect(tailOf('x'.repeat(5000))).toHaveLength(1024);
    expect(tailOf('')).toBe('');
  });
});
