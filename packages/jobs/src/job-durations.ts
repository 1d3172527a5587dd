import { type CountsLayout, type HourlyCounter, readHourlyCounts } from '@backend-jobs/redis';
import type { Worker } from 'bullmq';
import type { Redis } from 'ioredis';

/** How long a job ran the last time, and how long it waited to be started the first time. */
export type DurationKind = 'runtime' | 'waittime';

/** 1, 2, 5, 10 … 50,000,000 ms: how long something took is known as precisely as its step is. */
const steps = [0, 1, 2, 3, 4, 5, 6, 7].flatMap((power) => [1, 2, 5].map((digit) => digit * 10 ** power));

/** For eight days: two kinds, three queues and 24 steps an hour. */
export const durationsLayout = (keyPrefix: string): CountsLayout => ({
  keyPrefix,
  name: 'durations',
  hours: 8 * 24,
  most: 500,
});

/** Counts how long the jobs of this worker wait and run. */
export const countDurations = (worker: Worker, counter: HourlyCounter): void => {
  const add = (kind: DurationKind, fromMs: number | undefined, toMs: number | undefined): void => {
    if (fromMs === undefined || toMs === undefined) return;
    const step = steps.findIndex((ms) => toMs - fromMs <= ms);
    counter.add(`${kind} ${worker.name} ${step === -1 ? steps.length - 1 : step}`);
  };
  worker.on('active', ({ attemptsStarted, timestamp, delay, processedOn }) => {
    if (attemptsStarted === 1) add('waittime', timestamp + delay, processedOn);
  });
  worker.on('completed', ({ processedOn, finishedOn }) => add('runtime', processedOn, finishedOn));
  worker.on('failed', (job) => add('runtime', job?.processedOn, job?.finishedOn));
};

/** How many jobs took up to which step. */
export interface HourOfDurations {
  startMs: number;
  byStep: number[];
}

/** The durations of one kind, of a queue or of all, in each hour since `fromMs` that has any; the oldest first. */
export const readDurations = async (
  connection: Redis,
  keyPrefix: string,
  { kind, queue, fromMs }: { kind: DurationKind; queue: string | undefined; fromMs: number },
): Promise<HourOfDurations[]> => {
  const hours = await readHourlyCounts(connection, durationsLayout(keyPrefix), fromMs);
  return hours.flatMap(({ startMs, counts }) => {
    const byStep = steps.map(() => 0);
    for (const [name, count] of counts) {
      const [ofKind, ofQueue, step] = name.split(' ');
      if (ofKind !== kind || (queue !== undefined && ofQueue !== queue)) continue;
      byStep[Number(step)] = (byStep[Number(step)] ?? 0) + count;
    }
    return byStep.some((count) => count > 0) ? [{ startMs, byStep }] : [];
  });
};

/** How many ms so many percent of the jobs took at most. */
export const percentileOf = (byStep: number[], percent: number): number => {
  const all = byStep.reduce((sum, count) => sum + count, 0);
  let left = (all * percent) / 100;
  for (const [step, count] of byStep.entries()) {
    const to = steps[step] ?? 0;
    const from = steps[step - 1] ?? 0;
    if (count > 0 && left <= count) return from + ((to - from) * left) / count;
    left -= count;
  }
  return steps[steps.length - 1] ?? 0;
};
