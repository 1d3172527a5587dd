import type { UserId } from '@backend-jobs/sign-ups';
import type { Job, Queue } from 'bullmq';

/**
 * - `live`: a job of it waits, runs, or will run again: nothing is done.
 * - `attached`: its email had no job, and has one again.
 * - `freed`: its parent was parked for an email that had ended; it runs on, and tells the store.
 * - `ended`: both jobs are over, and the email ended with `failure`.
 */
type Repair = { found: 'live' | 'attached' | 'freed' } | { found: 'ended'; failure: string };

export interface SignUpRepair {
  /** Looks at a sign-up whose email has had no outcome for a while, and mends what hangs. */
  repair(userId: UserId): Promise<Repair>;
  /** A page of the sign-ups that are parked; the oldest first. */
  findParked(page: { offset: number; count: number }): Promise<UserId[]>;
}

export const emailJobId = (userId: UserId): string => `welcome-${userId}`;

interface Deps {
  users: Queue;
  emails: Queue;
  /** Adds the email's job, below `parent` when there is one. One that exists is not added again. */
  attach: (userId: UserId, requestId: string, parent: Job | undefined) => Promise<void>;
}

/**
 * Never races a live job: a parent that is not parked attaches its email itself, and one that is parked is waited for
 * by nobody else. What is added has the id that it always has.
 */
export const createSignUpRepair = ({ users, emails, attach }: Deps): SignUpRepair => ({
  repair: async (userId) => {
    // Nearly all wait their turn, which their job itself tells: to ask for its state searches the queue from end to end.
    if (isUnfinished(await emails.getJob(emailJobId(userId)))) return { found: 'live' };
    const parent = await users.getJob(userId);
    const parentState = await parent?.getState();
    // Read after its parent's state: a parent that is parked by now has attached it before.
    const email = await emails.getJob(emailJobId(userId));
    if (isUnfinished(email) || isLive(parentState)) return { found: 'live' };

    const parked = parentState === 'waiting-children' ? parent : undefined;
    if (email && !parked) return { found: 'ended', failure: endOf(email) };
    if (email) {
      await email.removeChildDependency();
      return { found: 'freed' };
    }
    await attach(userId, parent?.data.requestId ?? 'reconcile-sign-ups', parked);
    return { found: 'attached' };
  },

  findParked: ({ offset, count }) => users.getRanges(['waiting-children'], offset, offset + count - 1, true),
});

/** Why an email's job that is over did not send it. */
export const endOf = (email: Job): string => email.failedReason || 'ended without a word';

const isUnfinished = (job: Job | undefined): boolean => job !== undefined && job.finishedOn === undefined;

const isLive = (state: string | undefined): boolean =>
  state !== undefined && ['waiting', 'active', 'delayed', 'prioritized', 'paused'].includes(state);
