import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';

const countedStates = ['waiting', 'active', 'delayed', 'waiting-children', 'failed', 'completed'] as const;

/** How a queue stands. Times are in ms since 1970. */
export interface QueueState {
  counts: Record<(typeof countedStates)[number], number>;
  isPaused: boolean;
  /** When the job that will run next was added; `undefined` if none waits. */
  oldestWaitingMs: number | undefined;
  /** When the job failed that has been in that state for longest; `undefined` if there is none. */
  oldestFailedMs: number | undefined;
}

/** Reads it in a few commands, however many jobs there are. */
export const readQueueState = async (queue: Queue, connection: Redis): Promise<QueueState> => {
  const [counts, isPaused, [next], [, failedMs]] = await Promise.all([
    queue.getJobCounts(...countedStates),
    queue.isPaused(),
    queue.getRanges(['wait'], 0, 0, true),
    connection.zrange(queue.toKey('failed'), '0', '0', 'WITHSCORES'),
  ]);
  const addedMs = next && (await connection.hget(queue.toKey(next), 'timestamp'));
  return {
    counts: counts as QueueState['counts'],
    isPaused,
    oldestWaitingMs: addedMs ? Number(addedMs) : undefined,
    oldestFailedMs: failedMs ? Number(failedMs) : undefined,
  };
};
