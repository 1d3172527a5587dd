import type { NewUser, UserId } from '@backend-jobs/sign-ups';
import { type Job, Queue, RateLimitError, WaitingChildrenError } from 'bullmq';
import type { Redis } from 'ioredis';
import { type CreateUserPayload, createUser } from './create-user.ts';
import { reconcileSignUps } from './reconcile-sign-ups.ts';
import { type SendWelcomeEmailPayload, sendWelcomeEmail } from './send-welcome-email.ts';
import { createSignUpRepair, emailJobId, endOf, type SignUpRepair } from './sign-up-repair.ts';

export interface SignUpFlow extends SignUpRepair {
  /** The flow's queues, parent's first, for who watches and mends them. */
  readonly queues: readonly Queue[];

  /**
   * Enqueues the sign-up `userId`: Redis has it when this resolves. Again, while its job is there, changes nothing.
   * `newUser` is what its schema has let in; nothing checks it again before a worker does.
   */
  start(userId: UserId, newUser: NewUser, requestId: string): Promise<void>;

  /** The job that makes the user, while there is one: its data and whether it has failed for good. */
  find(userId: UserId): Promise<{ newUser: NewUser | undefined; failed: boolean } | undefined>;

  /** The sign-ups whose job is still there, in whatever state. */
  ids(): Promise<UserId[]>;

  /** BullMQ's names for where the jobs of a sign-up stand; `undefined` for one that is not there. */
  states(userId: UserId): Promise<{ parent: string | undefined; email: string | undefined }>;

  /**
   * Attaches the welcome email to the job that made its user, once: a job that has run before is asked what hangs on
   * it, since its worker may have died in between, and a child that is added again after it has failed would park its
   * parent for ever.
   */
  attachWelcomeEmail(job: Job<CreateUserPayload>): Promise<void>;

  /** Takes the person's details out of a job that needs them no more. */
  forgetNewUser(job: Job<CreateUserPayload>): Promise<void>;

  /**
   * Parks the job until its email has settled: throws what BullMQ takes as "parked". It returns when nothing is left to
   * wait for. A parent that ends while its child is open fails, and is tried again: ask before it ends, unless the store
   * says that the email is over.
   */
  awaitWelcomeEmail(job: Job<CreateUserPayload>, token: string): Promise<void>;

  /** Why the welcome email of a job that waits for it no more was not sent, as far as the queue can tell. */
  welcomeEmailFailure(job: Job<CreateUserPayload>): Promise<string>;

  /**
   * Stops the emails for `durationMs`, for all workers, and gives back the job in hand without spending an attempt: it
   * never returns. For a mail server that is down, since it stops what is addressed to anybody.
   */
  holdEmails(durationMs: number): Promise<never>;

  /** Has `reconcile-sign-ups` run every so often: once, however many workers ask for it. */
  scheduleReconciliation(everyMs: number): Promise<void>;

  /** Removes the jobs of a sign-up. One that runs at the moment stays, and finds the store's word when it looks. */
  cancel(userId: UserId): Promise<void>;

  close(): Promise<void>;
}

/**
 * The flow: parent `create-user`, child `send-welcome-email`. BullMQ runs a child before its parent, and here the
 * parent has to come first; so the parent is added alone, and attaches its child once the user exists
 * (docs/decisions/0001-the-parent-attaches-its-child.md).
 */
export const createSignUpFlow = ({
  connection,
  prefix,
}: {
  connection: Redis;
  prefix: string;
}): SignUpFlow => {
  const shared = {
    connection,
    prefix,
    skipVersionCheck: true,
    skipWaitingForReady: true,
    skipMetasUpdate: true,
  };
  const users = new Queue<CreateUserPayload>(createUser.queue, shared);
  const emails = new Queue<SendWelcomeEmailPayload>(sendWelcomeEmail.queue, shared);
  const maintenance = new Queue(reconcileSignUps.queue, shared);

  // Without a listener BullMQ prints what the connection's owner is told already.
  for (const queue of [users, emails, maintenance]) queue.on('error', () => {});

  const attach = async (userId: UserId, requestId: string, parent: Job | undefined): Promise<void> => {
    const options = {
      ...sendWelcomeEmail.options,
      jobId: emailJobId(userId),
      ...(parent && { parent: { id: userId, queue: parent.queueQualifiedName } }),
    };
    await emails.add(sendWelcomeEmail.name, { userId, requestId }, options);
  };

  return {
    ...createSignUpRepair({ users, emails, attach }),

    queues: [users, emails, maintenance],

    start: async (userId, newUser, requestId) => {
      const options = { ...createUser.options, jobId: userId };
      await users.add(createUser.name, { userId, requestId, newUser }, options);
    },

    find: async (userId) => {
      const job = await users.getJob(userId);
      return (
        job && {
          newUser: job.data.newUser,
          failed: job.finishedOn !== undefined && Boolean(job.failedReason),
        }
      );
    },

    ids: () => users.getRanges([...jobStates], 0, -1),

    states: async (userId) => {
      const [parent, email] = await Promise.all([
        users.getJobState(userId),
        emails.getJobState(emailJobId(userId)),
      ]);
      const known = (state: string) => (state === 'unknown' ? undefined : state);
      return { parent: known(parent), email: known(email) };
    },

    attachWelcomeEmail: async (job) => {
      if (job.attemptsStarted > 1 && (await hasChildren(job))) return;
      await attach(job.data.userId, job.data.requestId, job);
    },

    forgetNewUser: async (job) => {
      const { userId, requestId } = job.data;
      await job.updateData({ userId, requestId });
    },

    awaitWelcomeEmail: async (job, token) => {
      if (await job.moveToWaitingChildren(token)) throw new WaitingChildrenError();
    },

    welcomeEmailFailure: async (job) => {
      const [failure] = Object.values(await job.getIgnoredChildrenFailures());
      if (failure) return failure;
      // It had ended before its parent was freed of it by hand; or there is none.
      const email = await emails.getJob(emailJobId(job.data.userId));
      return email ? endOf(email) : 'removed from the queue';
    },

    holdEmails: async (durationMs) => {
      await emails.rateLimit(durationMs);
      throw new RateLimitError();
    },

    scheduleReconciliation: async (everyMs) => {
      const { name, options: opts } = reconcileSignUps;
      await maintenance.upsertJobScheduler(name, { every: everyMs }, { name, data: {}, opts });
    },

    cancel: async (userId) => {
      await emails.remove(emailJobId(userId));
      await users.remove(userId);
    },

    close: async () => {
      await Promise.all([users, emails, maintenance].map((opened) => opened.close()));
    },
  };
};

const jobStates = [
  'wait',
  'active',
  'delayed',
  'prioritized',
  'waiting-children',
  'completed',
  'failed',
] as const;

const hasChildren = async (job: Job): Promise<boolean> => {
  const { processed = 0, unprocessed = 0, ignored = 0, failed = 0 } = await job.getDependenciesCount();
  return processed + unprocessed + ignored + failed > 0;
};
