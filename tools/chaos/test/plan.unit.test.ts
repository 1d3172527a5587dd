import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { partNamesOf, planFaults } from '../src/plan.ts';

const minuteMs = 60_000;
const stores = ['redis', 'cluster', 'postgres'] as const;

test('the same seed gives the same faults with the same times; another seed gives others', () => {
  const planned = planFaults(1, 2 * minuteMs, 'redis');
  expect(planFaults(1, 2 * minuteMs, 'redis')).toEqual(planned);
  expect(planFaults(2, 2 * minuteMs, 'redis')).not.toEqual(planned);
});

test('a seed gives the same faults in every version, so that a run can be repeated', () => {
  const [first, second] = planFaults(1, minuteMs, 'redis');
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

test('a seed gives the same 30 minutes on Redis in every version', () => {
  const plan = JSON.stringify(planFaults(1, 30 * minuteMs, 'redis'));
  expect(createHash('sha256').update(plan).digest('hex')).toBe(
    'c3822a02f3c11c7f290b00204b777801ceb83d96ac0cb90014478583be7fa4bf',
  );
});

test('with PostgreSQL the mail server breaks in the same way as without it', () => {
  const [onRedis, onPostgres] = (['redis', 'postgres'] as const).map((store) =>
    planFaults(1, 30 * minuteMs, store).filter(({ part }) => part === 'mail'),
  );
  expect(onPostgres).toEqual(onRedis);
});

test.for(stores)('a longer run begins like a shorter one, on %s', (store) => {
  const short = planFaults(7, minuteMs, store);
  expect(planFaults(7, 3 * minuteMs, store).slice(0, short.length)).toEqual(short);
});

test.for([
  ['redis', { api: 3, worker: 6, keepers: { Redis: 9 } }],
  ['cluster', { api: 2, worker: 5, keepers: { 'Redis 1': 7, 'Redis 2': 7, 'Redis 3': 7 } }],
  ['postgres', { api: 4, worker: 7, keepers: { Redis: 11, PostgreSQL: 9 } }],
] as const)(
  'every part has one fault at a time, and within 30 minutes each of its faults, on %s',
  ([store, count]) => {
    const plan = planFaults(3, 30 * minuteMs, store);
    const waysOf = (part: string) =>
      new Set(plan.flatMap((fault) => (fault.part === part ? fault.fault : [])));
    const ways = Object.fromEntries(partNamesOf(store).map((part) => [part, waysOf(part).size]));
    expect(ways).toEqual({
      ...{ 'API 1': count.api, 'API 2': count.api },
      ...{ 'worker 1': count.worker, 'worker 2': count.worker, 'worker 3': count.worker },
      ...count.keepers,
      mail: 25,
    });
    for (const part of partNamesOf(store)) {
      let freeAtMs = 0;
      for (const { atMs, lastsMs } of plan.filter((fault) => fault.part === part)) {
        expect(atMs).toBeGreaterThan(freeAtMs);
        freeAtMs = atMs + lastsMs;
      }
    }
  },
);
