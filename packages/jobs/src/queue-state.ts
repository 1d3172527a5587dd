import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { readOldestWaitingMs } from './oldest-waiting.ts';

const countedStates = ['waiting', 'active', 'delayed', 'waiting-children', 'failed', 'completed'] as const;

/** The state of a queue. Times are in ms since 1970. */
export interface QueueState {
  counts: Record<(typeof countedStates)[number], number>;
  isPaused: boolean;
  /** When the job was added that waits longest for its first start; `undefined` if none waits for that. */
  oldestWaitingMs: number | undefined;
  /** When the job failed that has been in that state for longest; `undefined` if there is none. */
  oldestFailedMs: number | undefined;
}

/** Reads it in a few commands, however many jobs there are. */
export const readQueueState = async (queue: Queue, connection: Redis): Promise<QueueState> => {
  const [counts, isPaused, oldestWaitingMs, [, failedMs]] = await Promise.all([
    queue.getJobCounts(...countedStates),
    queue.isPaused(),
    readOldestWaitingMs(queue, connection),
    connection.zrange(queue.toKey('failed'), '0', '0', 'WITHSCORES'),
  ]);
  return {
    counts: counts as QueueState['counts'],
    isPaused,
    oldestWaitingMs,
    oldestFailedMs: failedMs ? Number(failedMs) : undefined,
  };
};

/** The state of a queue over several shards. */
export const addUpQueueStates = (states: readonly QueueState[]): QueueState => {
  const sumOf = (state: (typeof countedStates)[number]) =>
    states.reduce((sum, { counts }) => sum + counts[state], 0);
  return {
    counts: Object.fromEntries(countedStates.map((state) => [state, sumOf(state)])) as QueueState['counts'],
    isPaused: states.some(({ isPaused }) => isPaused),
    oldestWaitingMs: earliest(states.map(({ oldestWaitingMs }) => oldestWaitingMs)),
    oldestFailedMs: earliest(states.map(({ oldestFailedMs }) => oldestFailedMs)),
  };
};

const earliest = (times: readonly (number | undefined)[]): number | undefined => {
  const known = times.filter((ms) => ms !== undefined);
  return known.length > 0 ? Math.min(...known) : undefined;
};
