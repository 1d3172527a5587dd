import type { JobsOptions } from 'bullmq';
import { createUserJob } from './create-user-job.ts';
import type { Queues } from './queues.ts';
import { sendWelcomeEmailJob } from './send-welcome-email-job.ts';

/** How many jobs are removed in one script: it does not keep Redis busy for long. */
const removedAtOnce = 500;

/**
 * Removes the jobs that ended longer ago than they are kept. BullMQ does that only when another job of the queue ends: the
 * last ones before a silence would stay for as long as it lasts. Returns how many there were.
 */
export const removeOldJobs = async (queues: Queues): Promise<number> => {
  let removed = 0;
  for (const [queue, { removeOnComplete, removeOnFail }] of [
    [queues.users, createUserJob.options],
    [queues.emails, sendWelcomeEmailJob.options],
  ] as const)
    for (const [state, kept] of [
      ['completed', removeOnComplete],
      ['failed', removeOnFail],
    ] as const) {
      const keptMs = keptForMs(kept);
      if (keptMs === undefined) continue;
      for (let count = removedAtOnce; count === removedAtOnce; removed += count)
        count = (await queue.clean(keptMs, removedAtOnce, state)).length;
    }
  return removed;
};

/** `undefined` for what is kept until somebody removes it. */
const keptForMs = (kept: JobsOptions['removeOnFail']): number | undefined =>
  typeof kept === 'object' && 'age' in kept ? kept.age * 1_000 : undefined;
