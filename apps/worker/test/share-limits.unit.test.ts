import { describe, expect, test } from 'vitest';
import { shareLimits, shareRate } from '../src/share-limits.ts';

const perHour = ({ max, durationMs }: { max: number; durationMs: number }) => (max * 3_600_000) / durationMs;

describe('a rate that 16 shards share', () => {
  test.for([
    { max: 1, durationMs: 60_000 },
    { max: 20, durationMs: 1_000 },
    { max: 100, durationMs: 1_000 },
    { max: 1_000, durationMs: 1_000 },
    { max: 600, durationMs: 60_000 },
  ])('is $max in $durationMs ms in all of them together', (rate) => {
    const share = shareRate(rate, 16);
    expect(share.max).toBeGreaterThanOrEqual(1);
    expect((16 * perHour(share)) / perHour(rate)).toBeCloseTo(1, 2);
  });
});

test('a rate of one shard is as it was given', () => {
  expect(shareRate({ max: 20, durationMs: 1_000 }, 1)).toEqual({ max: 20, durationMs: 1_000 });
});

test('so many jobs run at once as one process may, over all shards', async () => {
  const { emails } = shareLimits({ usersConcurrency: 50, emailsConcurrency: 3, emailsRate: undefined }, 16);
  expect(emails?.concurrency).toBe(1);
  let running = 0;
  let most = 0;
  const run = async () => {
    running += 1;
    most = Math.max(most, running);
    await new Promise(setImmediate);
    running -= 1;
  };
  await Promise.all(Array.from({ length: 16 }, () => emails?.takeTurn?.(run)));
  expect(most).toBe(3);
});
