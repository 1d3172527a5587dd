import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { beforeSilence } from '../src/before-silence.ts';

const blockMs = (durationMs: number) => {
  for (const until = performance.now() + durationMs; performance.now() < until; );
};

test('a reply that was there after a pause of this process is taken, however long the pause was', async () => {
  const work = beforeSilence(sleep(20, 'the reply'), 50);
  blockMs(300);
  expect(await work).toBe('the reply');
});

test('what does not come is an outage, and what fails fails', async () => {
  await expect(beforeSilence(new Promise(() => {}), 50)).rejects.toThrow('no reply after 50 ms');
  await expect(beforeSilence(Promise.reject(new Error('broken')), 50)).rejects.toThrow('broken');
});
