import { describe, expect, test } from 'vitest';
import { jobsOfWorker, mostWorkers, wantedWorkers } from '../src/wanted-workers.ts';

const stepMs = 100;
/** What one worker does when mail takes 0.4 s: 20 emails at once. */
const mailSeconds = 0.4;
const ratePerWorker = jobsOfWorker / mailSeconds;
const startMs = 4_000;

/**
 * Three minutes, in steps: jobs come at `rateAt` a second, the workers take them in their order, and a new one is ready
 * after `startMs`. Returns how many there were at each step, and how long the oldest job waited.
 */
const simulate = (rateAt: (seconds: number) => number, seconds = 180) => {
  const steps: { atMs: number; workers: number; waitingMs: number }[] = [];
  const arrived: number[] = []; // jobs until each step, all together
  let [all, taken, workers, changedMs, oldest] = [0, 0, 1, 0, 0];
  for (let atMs = 0; atMs < seconds * 1_000; atMs += stepMs) {
    all += (rateAt(atMs / 1_000) * stepMs) / 1_000;
    arrived.push(all);
    const isReady = atMs >= changedMs;
    const working = isReady ? workers : (steps.at(-1)?.workers ?? 1);
    const taking = Math.min(all - taken, (working * ratePerWorker * stepMs) / 1_000);
    const activeJobs = (taking * 1_000 * mailSeconds) / stepMs;
    taken += taking;
    while ((arrived[oldest] ?? Number.POSITIVE_INFINITY) <= taken) oldest += 1;
    const waitingMs = Math.max(0, atMs - oldest * stepMs);
    steps.push({ atMs, workers: working, waitingMs });
    if (!isReady) continue;
    const wanted = wantedWorkers({ workers, waitingMs, activeJobs, sinceChangeMs: atMs - changedMs });
    if (wanted !== workers) changedMs = atMs + (wanted > workers ? startMs : 0);
    workers = wanted;
  }
  const changes = steps.filter(({ workers }, index) => index > 0 && workers !== steps[index - 1]?.workers);
  return {
    steps,
    last: steps.at(-1)?.workers,
    longestMs: Math.max(...steps.map(({ waitingMs }) => waitingMs)),
    apartMs: Math.min(...changes.slice(1).map(({ atMs }, index) => atMs - (changes[index]?.atMs ?? 0))),
  };
};

describe('with mail that takes 0.4 s', () => {
  test('a load that triples for a minute waits less than 5 s, and two minutes later one worker is left', () => {
    const { steps, longestMs, apartMs, last } = simulate(
      (second) => (second >= 20 && second < 80 ? 120 : 40),
      200,
    );
    expect(longestMs).toBeLessThan(5_000);
    expect(apartMs).toBeGreaterThanOrEqual(10_000);
    expect(Math.max(...steps.map(({ workers }) => workers))).toBeGreaterThan(2);
    expect(last).toBe(1);
  });

  test.for([0, 10, 40, 49])('a load of %i a second needs one worker, and gets no other', (rate) => {
    expect(new Set(simulate(() => rate).steps.map(({ workers }) => workers))).toEqual(new Set([1]));
  });

  test.for([55, 90, 99, 101, 120, 149, 160])(
    'a load of %i a second that comes at once and stays never waits for long, and changes are ten seconds apart',
    (rate) => {
      const { steps, longestMs, apartMs } = simulate((second) => (second < 20 ? 0 : rate), 600);
      expect(longestMs).toBeLessThan(5_000);
      expect(apartMs).toBeGreaterThanOrEqual(10_000);
      expect(Math.max(...steps.map(({ workers }) => workers))).toBeLessThanOrEqual(mostWorkers);
    },
  );

  test('bursts of a second each quarter of a minute do not move it more often than that', () => {
    const { apartMs } = simulate((second) => (second % 15 < 1 ? 200 : 0), 600);
    expect(apartMs).toBeGreaterThanOrEqual(10_000);
  });
});

test('more than the machine can do gets the most workers there may be, and keeps them', () => {
  const { last } = simulate(() => 10_000);
  expect(last).toBe(mostWorkers);
});

test('nothing changes right after a change, whatever waits', () => {
  const idle = { workers: 2, waitingMs: 0, activeJobs: 0, sinceChangeMs: 9_999 };
  expect(wantedWorkers({ ...idle, waitingMs: 60_000 })).toBe(2);
  expect(wantedWorkers(idle)).toBe(2);
});
