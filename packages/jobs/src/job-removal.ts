import { isUserId, type SignUpStore, type UserId, type WelcomeEmailLedger } from '@backend-jobs/sign-ups';
import type { JobState, Queue } from 'bullmq';
import { removedReason } from './job-states.ts';
import type { Queues } from './queues.ts';
import { emailJobId, userIdOfEmailJob } from './send-welcome-email-job.ts';

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
  /**
   * Removes the email that a `create-user` waits for.
   *
   * @throws {JobIsActiveError}
   */
  removeChild(parentId: string): Promise<void>;
}

export type RemovableState = Exclude<JobState, 'active'>;

/** How many ids are read at once, and how many jobs are removed side by side: no script keeps Redis busy for long. */
const pageSize = 1_000;
const sideBySide = 20;

/**
 * - `withdrawn`: whoever runs the job reads in the store that there is nothing to do.
 * - `being-sent`: a worker has claimed the email, and may have sent it.
 * - `independent`: the store has nothing that depends on this job.
 */
type Withdrawal = { kind: 'withdrawn' } | { kind: 'being-sent'; userId: UserId } | { kind: 'independent' };

/**
 * The store is told before the queue. If this process dies in between, or a worker takes the job, then the job still
 * runs, but it reads the store and does nothing. The other way round a crash would leave an accepted id of which nobody
 * knows anything, and the reconciler would add an email again that seems to be lost.
 */
export const createJobRemoval = (
  { users, emails }: Queues,
  { signUpStore, welcomeEmails }: { signUpStore: SignUpStore; welcomeEmails: WelcomeEmailLedger },
): JobRemoval => {
  const withdrawEmail = async (userId: UserId): Promise<Withdrawal> => {
    const isWithdrawn = await welcomeEmails.withdraw(userId, removedReason);
    return isWithdrawn ? { kind: 'withdrawn' } : { kind: 'being-sent', userId };
  };

  const withdraw = async (queue: Queue, jobId: string, hasEnded: boolean): Promise<Withdrawal> => {
    if (queue.name === emails.name) {
      const userId = userIdOfEmailJob(jobId);
      return userId === undefined ? { kind: 'independent' } : withdrawEmail(userId);
    }
    if (queue.name !== users.name || !isUserId(jobId)) return { kind: 'independent' };
    if ((await signUpStore.recordRemoval(jobId)) !== 'created') return { kind: 'withdrawn' };
    // One that has ended leaves its email alone: that may run again by itself.
    return hasEnded ? { kind: 'independent' } : withdrawEmail(jobId);
  };

  const removeFrom = async (queue: Queue, jobId: string, state: JobState | 'unknown'): Promise<void> => {
    const hasEnded = state === 'completed' || state === 'failed';
    const withdrawal = await withdraw(queue, jobId, hasEnded);
    const isRemoved = (await queue.remove(jobId, { removeChildren: !hasEnded })) !== 0;
    if (!isRemoved && withdrawal.kind !== 'withdrawn')
      throw new JobIsActiveError(`Job ${jobId}, or its email, is being processed`);
    if (isRemoved && withdrawal.kind === 'being-sent') {
      // The worker was lost, and the job waited for another one: the message may be out.
      await welcomeEmails.giveUp(withdrawal.userId, removedReason);
      await withdrawEmail(withdrawal.userId);
    }
  };

  const remove = async (queue: Queue, jobId: string): Promise<void> => {
    const state = await queue.getJobState(jobId);
    if (state === 'active') throw new JobIsActiveError(`Job ${jobId} is being processed`);
    await removeFrom(queue, jobId, state);
  };

  return {
    remove,

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

    removeChild: (parentId) => remove(emails, emailJobId(parentId)),
  };
};

/** While jobs are added, a page can repeat ids of the one before. */
const readIds = async (queue: Queue, state: RemovableState): Promise<Set<string>> => {
  const ids = new Set<string>();
  for (let start = 0; ; start += pageSize) {
    const page = await queue.getRanges([state], start, start + pageSize - 1);
    for (const id of page) ids.add(id);
    if (page.length < pageSize) return ids;
  }
};
