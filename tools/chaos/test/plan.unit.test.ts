import { expect, test } from 'vitest';
import { partNames, planFaults } from '../src/plan.ts';

const minuteMs = 60_000;

test('the same seed gives the same faults with the same times; another seed gives others', () => {
  expect(planFaults(1, 2 * minuteMs)).toEqual(planFaults(1, 2 * minuteMs));
  expect(planFaults(2, 2 * minuteMs)).not.toEqual(planFaults(1, 2 * minuteMs));
});

test('a seed gives the same faults in every version, so that a run can be repeated', () => {
  const [first, second] = planFaults(1, minuteMs);
  expect([first, second]).toMatchInlineSnapshot(`
    [
      {
        "atMs": 3043,
        "fault": "three connections at most",
        "lastsMs": 2779,
        "part": "mail",
      },
      {
        "atMs": 5764,
        "fault": "started with a clock an hour ahead",
        "lastsMs": 4846,
        "part": "worker 1",
      },
    ]
  `);
});

test('a longer run begins like a shorter one', () => {
  const short = planFaults(7, minuteMs);
  expect(planFaults(7, 3 * minuteMs).slice(0, short.length)).toEqual(short);
});

test('every part has one fault at a time, and within 30 minutes each of its faults', () => {
  const plan = planFaults(3, 30 * minuteMs);
  const waysOf = (part: string) => new Set(plan.flatMap((fault) => (fault.part === part ? fault.fault : [])));
  expect(partNames.map((part) => [part, waysOf(part).size])).toEqual([
    ['API 1', 3],
    ['API 2', 3],
    ['worker 1', 6],
    ['worker 2', 6],
    ['worker 3', 6],
    ['Redis', 9],
    ['mail', 25],
  ]);
  for (const part of partNames) {
    let freeAtMs = 0;
    for (const { atMs, lastsMs } of plan.filter((fault) => fault.part === part)) {
      expect(atMs).toBeGreaterThan(freeAtMs);
      freeAtMs = atMs + lastsMs;
    }
  }
});
