import type { SignUpStore, UserId, WelcomeEmailLedger } from '@backend-jobs/sign-ups';
import type { JobState, Queue } from 'bullmq';
import { removedReason } from './job-states.ts';
import type { Queues } from './queues.ts';
import { userIdOf } from './user-id-of.ts';

/** A worker has the job, or the email that it waits for: it can't be removed before that has ended. */
export class JobIsActiveError extends Error {
  override name = 'JobIsActiveError';
}

/** What an operator does who removes jobs. What was removed stays removed, and the sign-up says so. */
export interface JobRemoval {
  /**
   * Removes a job. A `create-user` that has not ended takes its email with it, and one that has created nobody ends its
   * sign-up as `removed`. An email that has not been sent is given up.
   *
   * @throws {JobIsActiveError}
   */
  remove(queue: Queue, jobId: string): Promise<void>;
  /** Does the same with every job that is in this state now, apart from those that a worker takes meanwhile. */
  removeAll(queue: Queue, state: RemovableState): Promise<void>;
}

export type RemovableState = Exclude<JobState, 'active'>;

/** How many ids are read at once, and how many jobs are removed side by side: no script keeps Redis busy for long. */
const pageSize = 1_000;
const sideBySide = 20;

/**
 * The store is told before the queue. If this process dies in between, or a worker takes the job, then the job still
 * runs, but it reads the store and does nothing. The other way round a crash would leave an accepted id of which nobody
 * knows anything, and the reconciler would add an email again that seems to be lost.
 */
export const createJobRemoval = (
  { users, emails }: Queues,
  { signUpStore, welcomeEmails }: { signUpStore: SignUpStore; welcomeEmails: WelcomeEmailLedger },
): JobRemoval => {
  /** Whether the store keeps whoever runs the job from doing anything; `undefined` if it has nothing to say. */
  const withdraw = async (queue: Queue, userId: UserId, state: JobState): Promise<boolean | undefined> => {
    if (queue.name === users.name) {
      if (state === 'completed') return undefined;
      if ((await signUpStore.recordRemoval(userId)) !== 'created') return true;
      if (state === 'failed') return undefined;
    }
    return welcomeEmails.withdraw(userId, removedReason);
  };

  const removeFrom = async (queue: Queue, jobId: string, state: JobState): Promise<void> => {
    const userId = [users.name, emails.name].includes(queue.name) ? userIdOf(jobId) : undefined;
    const isWithdrawn = userId === undefined ? undefined : await withdraw(queue, userId, state);
    const removeChildren = state !== 'completed' && state !== 'failed';
    const isRemoved = (await queue.remove(jobId, { removeChildren })) !== 0;
    if (!isRemoved && !isWithdrawn)
      throw new JobIsActiveError(`Job ${jobId}, or its email, is being processed`);
    if (isRemoved && userId !== undefined && isWithdrawn === false) {
      // A worker that was lost had claimed the email, and its job waited for another worker: the message may be out.
      await welcomeEmails.giveUp(userId, removedReason);
      await welcomeEmails.withdraw(userId, removedReason);
    }
  };

  return {
    remove: async (queue, jobId) => {
      const state = await queue.getJobState(jobId);
      if (state === 'active') throw new JobIsActiveError(`Job ${jobId} is being processed`);
      if (state !== 'unknown') await removeFrom(queue, jobId, state);
    },

    removeAll: async (queue, state) => {
      // From the newest on, since Redis looks for a job that waits from that end of the list.
      const ids = (await readIds(queue, state)).values();
      const removeNext = async () => {
        for (const id of ids) {
          await removeFrom(queue, id, state).catch((error) => {
            if (!(error instanceof JobIsActiveError)) throw error;
          });
        }
      };
      await Promise.all(Array.from({ length: sideBySide }, removeNext));
    },
  };
};

/** While jobs are added a page can repeat ids of the one before, but none is left out. */
const readIds = async (queue: Queue, state: RemovableState): Promise<Set<string>> => {
  const ids = new Set<string>();
  // As the key in Redis is called.
  const range = state === 'waiting' ? 'wait' : state;
  for (let start = 0; ; start += pageSize) {
    const page = await queue.getRanges([range], start, start + pageSize - 1);
    for (const id of page) ids.add(id);
    if (page.length < pageSize) return ids;
  }
};
