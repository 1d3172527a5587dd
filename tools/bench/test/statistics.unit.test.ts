import { describe, expect, test } from 'vitest';
import { median, percentile, ratioOf, spreadOf } from '../src/statistics.ts';
import { byTurns } from '../src/turns/by-turns.ts';
import { usedForEach } from '../src/turns/meter.ts';

describe('median', () => {
  test('is the middle one of an odd number of samples, whatever their order', () => {
    expect(median([900, 10, 11])).toBe(11);
  });

  test('lies between the two in the middle of an even number', () => {
    expect(median([4, 1, 3, 100])).toBe(3.5);
  });

  test('refuses to make up a middle of nothing', () => {
    expect(() => median([])).toThrow('no sample');
  });
});

test('a spread goes from the lowest sample to the highest', () => {
  expect(spreadOf([3, 1, 2])).toEqual({ median: 2, low: 1, high: 3 });
});

describe('ratioOf', () => {
  test('compares round by round, so that a slow round of the machine falls out', () => {
    expect(ratioOf([200, 20, 210], [100, 10, 100])).toEqual({ median: 2, low: 2, high: 2.1 });
  });

  test('refuses rounds that have no counterpart', () => {
    expect(() => ratioOf([1, 2], [1])).toThrow('pair by pair');
  });
});

test('a percentile is the nearest sample that so many lie at or below', () => {
  const sorted = Array.from({ length: 200 }, (_, index) => index + 1);
  expect(percentile(sorted, 0.99)).toBe(198);
  expect(percentile(sorted, 0.5)).toBe(100);
  expect(percentile([7], 0.99)).toBe(7);
});

test('each has its turn in every round', async () => {
  const turns: string[] = [];
  const samples = await byTurns(2, ['a', 'b'], async (name, round) => {
    turns.push(name + round);
    return round;
  });
  expect(turns).toEqual(['a0', 'b0', 'a1', 'b1']);
  expect(samples).toEqual({ a: [0, 1], b: [0, 1] });
});

test('what was used between two readings is shared among all that were served', () => {
  const used = usedForEach(10, { process: 500, redis: 40 }, { process: 1_500, redis: 90 });
  expect(used).toEqual({ process: 100, redis: 5 });
});
