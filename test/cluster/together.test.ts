import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { together } from './together.ts';

it('aborts the other parts when one fails, and throws only after all of them ended', async () => {
  const controller = new AbortController();
  let ended = false;
  const other = delay(60_000, undefined, { signal: controller.signal })
    .catch(() => delay(20))
    .then(() => {
      ended = true;
    });
  await expect(together(controller, [other, Promise.reject(new Error('no space'))])).rejects.toThrow('no space');
  expect(ended).toBe(true);
});

it('throws the reason of an abort from outside', async () => {
  const controller = new AbortController();
  controller.abort(new Error('interrupted'));
  await expect(together(controller, [Promise.resolve()])).rejects.toThrow('interrupted');
});
