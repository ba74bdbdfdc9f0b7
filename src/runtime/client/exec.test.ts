import { describe, expect, it } from 'vitest';
import { endOf } from './exec.ts';

describe('how a program ended', () => {
  it('is zero on success', () => {
    expect(endOf('{"metadata":{},"status":"Success"}')).toEqual({ exitCode: 0 });
  });

  it('is its exit code where it ran', () => {
    const verdict = {
      status: 'Failure',
      message: 'command terminated with non-zero exit code',
      reason: 'NonZeroExitCode',
      details: { causes: [{ reason: 'ExitCode', message: '137' }] },
    };
    expect(endOf(JSON.stringify(verdict))).toEqual({ exitCode: 137 });
  });

  it('is why it could not be begun, and then no exit code', () => {
    const verdict = {
      status: 'Failure',
      message: 'exec: "/nowhere": no such file or directory',
      reason: 'InternalError',
    };
    expect(endOf(JSON.stringify(verdict))).toEqual({ message: verdict.message });
    expect(endOf('something else between us')).toEqual({ message: 'something else between us' });
  });
});
