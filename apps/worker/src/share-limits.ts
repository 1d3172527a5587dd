import type { Rate } from '@backend-jobs/runtime';
import pLimit from 'p-limit';
import type { WorkerOptions } from './start-worker.ts';

export type QueueLimits = Pick<WorkerOptions, 'concurrency' | 'rate' | 'takeTurn'>;

/** A BullMQ worker observes a pause of its queue for a time only if it has a limiter: this one is too high to limit. */
const unlimited = { max: 1_000_000, durationMs: 1_000 };

/**
 * The limits of each queue in each of so many shards, such that they hold for all shards together. BullMQ knows limits of
 * one queue alone.
 */
export const shareLimits = (
  {
    usersConcurrency,
    emailsConcurrency,
    emailsRate,
  }: { usersConcurrency: number; emailsConcurrency: number; emailsRate: Rate | undefined },
  shards: number,
): Record<string, QueueLimits> => ({
  users: shareConcurrency(usersConcurrency, shards),
  emails: {
    ...shareConcurrency(emailsConcurrency, shards),
    rate: emailsRate ? shareRate(emailsRate, shards) : unlimited,
  },
});

/** A queue that has no limits of its own has one job at a time. */
export const limitsOf = (limits: Record<string, QueueLimits>, queue: string): QueueLimits =>
  limits[queue] ?? { concurrency: 1 };

/** Each queue takes its part of the jobs, and at least one. Those of all queues take turns for what may run in all. */
const shareConcurrency = (concurrency: number, shards: number): QueueLimits => ({
  concurrency: Math.ceil(concurrency / shards),
  takeTurn: pLimit(concurrency),
});

/** A whole number of jobs, in the time that these may take: 20 a second in 16 shards are one in 800 ms in each. */
export const shareRate = ({ max, durationMs }: Rate, shards: number): Rate => {
  const part = max / shards;
  const whole = Math.max(1, Math.floor(part));
  return { max: whole, durationMs: Math.round((durationMs * whole) / part) };
};
