import type { Shards } from '@backend-jobs/redis';
import type { UserId } from '@backend-jobs/sign-ups';
import type { Job, JobState } from 'bullmq';
import type { Queues } from './queues.ts';
import { emailJobId } from './send-welcome-email-job.ts';

/** Whether a job in this state will run (again) by itself. One that is parked runs only when its child has ended. */
const runsAgain = {
  waiting: true,
  active: true,
  delayed: true,
  prioritized: true,
  'waiting-children': false,
  completed: false,
  failed: false,
} satisfies Record<JobState, boolean>;

export const isLiveState = (state: JobState | undefined): boolean => state !== undefined && runsAgain[state];

/** Whether the job has not ended. Cheaper than its state, for which BullMQ searches the queue from end to end. */
export const isUnfinished = (job: Job | undefined): boolean =>
  job !== undefined && job.finishedOn === undefined;

export const hasFailed = (job: Job): boolean => job.finishedOn !== undefined && Boolean(job.failedReason);

/** Why an email's job that has ended did not send the email. */
export const failureOf = (email: Job): string =>
  email.failedReason || 'The email job ended without giving a reason';

/** Why an email whose job is gone was not sent. */
export const removedReason = 'The email job was removed from the queue';

/** BullMQ's delayed jobs have their time as score, with so much room for an order within each ms. */
export const scorePerMs = 0x1000;

/** Where the jobs of the sign-ups stand, for an audit. */
export interface SignUpJobStates {
  /** The sign-ups whose `create-user` job still exists, in whatever state. */
  ids(): Promise<UserId[]>;
  /** BullMQ's names for the states of both jobs; `undefined` for a job that does not exist. */
  find(userId: UserId): Promise<{ parent: JobState | undefined; email: JobState | undefined }>;
}

export const createSignUpJobStates = ({ users, emails }: Queues): SignUpJobStates => ({
  ids: () => users.getRanges([...rangeNames], 0, -1),

  find: async (userId) => {
    const [parent, email] = await Promise.all([
      users.getJobState(userId),
      emails.getJobState(emailJobId(userId)),
    ]);
    return {
      parent: parent === 'unknown' ? undefined : parent,
      email: email === 'unknown' ? undefined : email,
    };
  },
});

/** The states of several shards, each of which has those of its sign-ups. */
export const spreadSignUpJobStates = (shards: Shards<SignUpJobStates>): SignUpJobStates => ({
  ids: async () => (await Promise.all(shards.all.map((states) => states.ids()))).flat(),
  find: (userId) => shards.of(userId).find(userId),
});

/** As the keys in Redis are called; BullMQ calls `wait` the state `waiting`. */
const rangeNames = [
  'wait',
  'active',
  'delayed',
  'prioritized',
  'waiting-children',
  'completed',
  'failed',
] as const;
