import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';

const countedStates = ['waiting', 'active', 'delayed', 'waiting-children', 'failed', 'completed'] as const;

/** How a queue stands. Times are in ms since 1970. */
export interface QueueState {
  counts: Record<(typeof countedStates)[number], number>;
  isPaused: boolean;
  /** When the job was added that waits longest for its first start; `undefined` if none waits for that. */
  oldestWaitingMs: number | undefined;
  /** When the job failed that has been in that state for longest; `undefined` if there is none. */
  oldestFailedMs: number | undefined;
}

/**
 * BullMQ puts a parent that comes back at the head of its queue: its age is not how long it waits. So many jobs at the
 * head are looked at. Where all of them come back, a worker is there that takes them.
 */
const headLength = 20;

/** Reads it in a few commands, however many jobs there are. */
export const readQueueState = async (queue: Queue, connection: Redis): Promise<QueueState> => {
  const [counts, isPaused, head, [, failedMs]] = await Promise.all([
    queue.getJobCounts(...countedStates),
    queue.isPaused(),
    queue.getRanges(['wait'], 0, headLength - 1, true),
    connection.zrange(queue.toKey('failed'), '0', '0', 'WITHSCORES'),
  ]);
  const jobs = await Promise.all(
    head.map((id) => connection.hmget(queue.toKey(id), 'timestamp', 'delay', 'ats')),
  );
  // `ats` counts the starts, and is not there before the first one.
  const [addedMs, delayMs] = jobs.find(([, , starts]) => !Number(starts)) ?? [];
  return {
    counts: counts as QueueState['counts'],
    isPaused,
    oldestWaitingMs: addedMs ? Number(addedMs) + Number(delayMs ?? 0) : undefined,
    oldestFailedMs: failedMs ? Number(failedMs) : undefined,
  };
};
