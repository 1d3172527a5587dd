import type { JobState, Queue } from 'bullmq';

/** How a queue is at the moment. */
export interface QueueFacts {
  queue: string;
  /** By BullMQ's names of the states. */
  counts: Record<string, number>;
  /** How long the job has waited that waits longest for its first start; 0 if none does. */
  oldestWaitingAgeMs: number;
  /** How long ago the oldest job failed that is still there; 0 if there is none. */
  oldestFailedAgeMs: number;
  isPaused: boolean;
}

const counted: JobState[] = [
  'waiting',
  'active',
  'delayed',
  'prioritized',
  'waiting-children',
  'completed',
  'failed',
];

/**
 * BullMQ puts a parent that comes back at the head of its queue, and its age is not how long it waits. So many jobs at
 * the head are looked at; where all of them come back, nobody waits for a first start yet whom a worker could not take
 * at once.
 */
const headLength = 20;

/** Takes the same time however many jobs there are. */
export const readQueueFacts = async (queue: Queue): Promise<QueueFacts> => {
  const [counts, waiting, [failed], isPaused] = await Promise.all([
    queue.getJobCounts(...counted),
    queue.getJobs(['waiting'], 0, headLength - 1, true),
    queue.getJobs(['failed'], 0, 0, true),
    queue.isPaused(),
  ]);
  const first = waiting.find((job) => job?.attemptsStarted === 0);
  const ageOf = (sinceMs: number | undefined) =>
    sinceMs === undefined ? 0 : Math.max(0, Date.now() - sinceMs);
  return {
    queue: queue.name,
    counts,
    oldestWaitingAgeMs: ageOf(first && first.timestamp + first.delay),
    oldestFailedAgeMs: ageOf(failed?.finishedOn),
    isPaused,
  };
};
