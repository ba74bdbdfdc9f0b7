import { expect, it } from 'vitest';
import { clockObjection } from './clock.ts';

it('lets nothing go by its age while the clocks are more than five minutes apart, whichever is ahead', () => {
  expect(clockObjection({})).toBeUndefined();
  expect(clockObjection({ status: { clockSkewSeconds: 300 } })).toBeUndefined();
  expect(clockObjection({ status: { clockSkewSeconds: -300 } })).toBeUndefined();
  expect(clockObjection({ status: { clockSkewSeconds: 301 } })).toContain('301 s ahead of');
  expect(clockObjection({ status: { clockSkewSeconds: -301 } })).toContain('301 s behind');
});
