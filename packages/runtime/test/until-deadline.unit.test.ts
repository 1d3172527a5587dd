import { expect, test } from 'vitest';
import { untilDeadline } from '../src/index.ts';

test('untilDeadline returns whether the work was done in time', async () => {
  expect(await untilDeadline(Promise.resolve(), 1_000)).toBe(true);
  expect(await untilDeadline(new Promise(() => {}), 10)).toBe(false);
});

test('untilDeadline throws what the work throws', async () => {
  await expect(untilDeadline(Promise.reject(new Error('broken')), 1_000)).rejects.toThrow('broken');
});
