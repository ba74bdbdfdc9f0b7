import { describe, expect, it } from 'vitest';
import { parseWithin, whyLeftOut } from './budget.ts';

const minute = 60_000;

describe('a run that has to be over in time', () => {
  it('leaves out a long suite that would not fit, and says how to run it', () => {
    expect(whyLeftOut({ name: 'lifecycle', minutes: 12 }, 11.5 * minute)).toBe(
      '11 minutes are left and it may take 12: npm test -- lifecycle',
    );
    expect(whyLeftOut({ name: 'lifecycle', minutes: 12 }, 12 * minute)).toBeUndefined();
  });

  it('never leaves out the others, however late it is', () => {
    expect(whyLeftOut({ name: 'e2e' }, -minute)).toBeUndefined();
  });

  it('takes a duration and nothing else', () => {
    expect(parseWithin('80m')).toBe(80 * minute);
    expect(() => parseWithin('80')).toThrow('for example 80m');
  });
});
