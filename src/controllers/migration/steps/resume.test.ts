import { describe, expect, it } from 'vitest';
import { DokkerrError } from '#runtime/errors.ts';
import { done, fail, wait } from '#runtime/itinerary/types.ts';
import { leftToDecide } from './resume.ts';

const at = (time: string) => new Date(`2026-06-01T${time}Z`);
const decisionWindow = { name: 'to-fast', namespace: 'shop', now: at('01:00:00'), until: at('02:00:00') };
const notReady = fail(new DokkerrError('DKR_WORKLOAD_FAILED', 'not ready within 10m: 0 of 1 ready'));

describe('an application that is not Ready on its new volume, with nothing undone by itself', () => {
  it('is left as it is while there is a way back, with what to do about it', () => {
    expect(leftToDecide(notReady, decisionWindow)).toMatchObject({
      kind: 'wait',
      reason: 'AwaitingDecision',
      message:
        'not ready within 10m: 0 of 1 ready; mend it, or go back until 2026-06-01T02:00:00Z: dokkerr migration rollback to-fast --namespace shop',
    });
  });

  it('has failed once there is none', () => {
    expect(leftToDecide(notReady, { ...decisionWindow, now: at('02:00:00') })).toBe(notReady);
  });

  it.each([
    done('ready'),
    wait('Starting', '0 of 1 ready'),
    fail(new DokkerrError('DKR_API_CONFLICT', 'somebody wrote meanwhile')),
  ])('is no matter for a person when the step ends in %o', (result) => {
    expect(leftToDecide(result, decisionWindow)).toBe(result);
  });
});
