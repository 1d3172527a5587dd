import { readByScore, type Scored } from '@backend-jobs/redis';
import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';

/** A failed job. `reason` is what its last attempt ended with; it has no address. */
export interface FailedJob {
  id: string;
  /** In ms since 1970, by the clock of the worker: the score of the job in BullMQ's set. */
  failedAtMs: number;
  reason: string;
}

/** From when to when, in ms since 1970, both included. */
export interface Span {
  fromMs?: number | undefined;
  toMs?: number | undefined;
}

/** Few enough to be read, and grouped, in about a millisecond: requests of others are served between. */
const atOnce = 100;

/**
 * The failed jobs of a queue, the oldest first, in pages. Of each job its reason alone is read: that takes a seventh of
 * the time of reading the jobs. A job that is removed meanwhile is left out.
 */
export const readFailedJobs = async function* (
  connection: Redis,
  queue: Queue,
  { fromMs, toMs }: Span,
): AsyncGenerator<FailedJob[]> {
  const span = { ...(fromMs !== undefined && { from: fromMs }), ...(toMs !== undefined && { to: toMs }) };
  for await (const page of readByScore(connection, queue.toKey('failed'), span))
    for (let from = 0; from < page.length; from += atOnce)
      yield readReasons(connection, queue, page.slice(from, from + atOnce));
};

const readReasons = async (connection: Redis, queue: Queue, page: Scored[]): Promise<FailedJob[]> => {
  const pipeline = connection.pipeline();
  for (const { member } of page) pipeline.hmget(queue.toKey(member), 'failedReason', 'timestamp');
  const replies = (await pipeline.exec()) ?? [];
  return page.flatMap(({ member, score }, index) => {
    const [error, reply] = replies[index] ?? [];
    if (error) throw error;
    const [reason, timestamp] = reply as (string | null)[];
    // Each job has a timestamp, and one that somebody has changed by hand may have no reason.
    return reason === null && timestamp === null
      ? []
      : [{ id: member, failedAtMs: score, reason: reason ?? '' }];
  });
};
