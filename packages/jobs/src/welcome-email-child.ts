import type { UserId } from '@backend-jobs/sign-ups';
import type { Job } from 'bullmq';
import type { CreateUserPayload } from './create-user-job.ts';
import { failureOf, removedReason } from './job-states.ts';
import type { Queues } from './queues.ts';
import { emailJobId, sendWelcomeEmailJob } from './send-welcome-email-job.ts';

type Parent = Job<CreateUserPayload>;

/** The parent's side of the flow: what `create-user` does with the job of its welcome email. */
export interface WelcomeEmailChild {
  /**
   * Attaches the email to the job that created its user, once. A parent that has run before asks first what hangs on
   * it, since its worker may have died right after the attaching: a child that is added again after it has failed would
   * park its parent for ever. A parent that was freed of its child has none, but the child's job is still there.
   * `lastJob` is that of the run that claimed the email last.
   */
  attach(parent: Parent, lastJob: number): Promise<void>;

  /**
   * Parks the parent until its email has ended. Returns `false` if there is nothing to wait for. A parent that ends
   * while its child is open would fail, so ask right before it ends.
   */
  park(parent: Parent, token: string): Promise<boolean>;

  /** Removes the person's details from a job that needs them no more. */
  forgetNewUser(parent: Parent): Promise<void>;

  /** Why the email that the parent no longer waits for was not sent, as far as the queue knows. */
  failure(parent: Parent): Promise<string>;
}

export const createWelcomeEmailChild = (queues: Queues): WelcomeEmailChild => ({
  attach: async (parent, lastJob) => {
    const { userId, requestId } = parent.data;
    if (parent.attemptsStarted > 1) {
      const email = await queues.emails.getJob(emailJobId(userId));
      if (email || (await hasChildren(parent))) return;
    }
    await addWelcomeEmail(queues, { userId, requestId, parent, lastJob });
  },

  park: (parent, token) => parent.moveToWaitingChildren(token),

  forgetNewUser: async (parent) => {
    const { userId, requestId } = parent.data;
    await parent.updateData({ userId, requestId });
  },

  failure: async (parent) => {
    const [failure] = Object.values(await parent.getIgnoredChildrenFailures());
    if (failure) return failure;
    // The email had ended before an operator freed its parent of it; or it does not exist.
    const email = await queues.emails.getJob(emailJobId(parent.data.userId));
    return email ? failureOf(email) : removedReason;
  },
});

/**
 * Adds the email's job, below `parent` if there is one. A job that exists is not added again. By its time it is later than
 * `lastJob`, which may have been added by a worker whose clock was ahead: the ledger gives the email to later jobs alone.
 */
export const addWelcomeEmail = async (
  { emails, optionsOf }: Queues,
  {
    userId,
    requestId,
    parent,
    lastJob,
  }: { userId: UserId; requestId: string; parent: Job | undefined; lastJob: number },
): Promise<void> => {
  const options = {
    ...optionsOf(sendWelcomeEmailJob),
    jobId: emailJobId(userId),
    timestamp: Math.max(Date.now(), lastJob + 1),
    ...(parent && { parent: { id: userId, queue: parent.queueQualifiedName } }),
  };
  await emails.add(sendWelcomeEmailJob.name, { userId, requestId }, options);
};

const hasChildren = async (job: Job): Promise<boolean> => {
  const { processed = 0, unprocessed = 0, ignored = 0, failed = 0 } = await job.getDependenciesCount();
  return processed + unprocessed + ignored + failed > 0;
};
