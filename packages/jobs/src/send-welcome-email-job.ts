import { isUserId, UserId } from '@backend-jobs/sign-ups';
import { type Static, Type } from '@sinclair/typebox';
import { RequestId } from './create-user-job.ts';
import { defineJob } from './define-job.ts';

/** The child of the flow. It carries no address: the store has it. */
export const SendWelcomeEmailPayload = Type.Object({ userId: UserId, requestId: RequestId });
export type SendWelcomeEmailPayload = Static<typeof SendWelcomeEmailPayload>;

export const sendWelcomeEmailJob = defineJob({
  name: 'send-welcome-email',
  queue: 'emails',
  version: 1,
  payload: SendWelcomeEmailPayload,
  options: {
    // The email's deadline ends it, not the number of attempts: 1,000 half hours are three weeks.
    attempts: 1_000,
    backoff: { type: 'custom', delay: 5_000 },
    // By default BullMQ keeps one for each attempt, and the dashboard shows a hundred jobs at once.
    stackTraceLimit: 3,
    // Without this the parent would fail with its child; with it the parent runs on and reports what happened.
    ignoreDependencyOnFailure: true,
    removeOnComplete: { age: 60 * 60, count: 10_000 },
    removeOnFail: { age: 30 * 24 * 60 * 60, count: 100_000 },
  },
});

/** The id of the job that sends this user's welcome email: adding the same job again changes nothing. */
export const emailJobId = (userId: UserId): string => `${idPrefix}${userId}`;

const idPrefix = 'welcome-';

/** The user whose email the job of this id sends; `undefined` for a job that somebody added by hand. */
export const userIdOfEmailJob = (jobId: string): UserId | undefined => {
  const userId = jobId.startsWith(idPrefix) ? jobId.slice(idPrefix.length) : undefined;
  return isUserId(userId) ? userId : undefined;
};
