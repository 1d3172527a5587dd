import type { Shards } from '@backend-jobs/redis';
import type { NewUser, UserId } from '@backend-jobs/sign-ups';
import { createUserJob } from './create-user-job.ts';
import { hasFailed } from './job-states.ts';
import type { Queues } from './queues.ts';
import { emailJobId } from './send-welcome-email-job.ts';

/** What the API does with the jobs of a sign-up. Each call fails at once while Redis is away. */
export interface SignUpProducer {
  /**
   * Enqueues the sign-up `userId`: Redis has it when this resolves. Calling it again changes nothing while the job
   * exists. `newUser` has passed its schema; the worker checks it again. It is `undefined` where the store has it.
   */
  enqueue(userId: UserId, newUser: NewUser | undefined, requestId: string): Promise<void>;

  /** The job that creates the user, while it exists: the person's details, and whether it has failed for good. */
  find(userId: UserId): Promise<{ newUser: NewUser | undefined; failed: boolean } | undefined>;

  /** Removes the jobs of a sign-up. One that is running stays; it reads the store, and finds the sign-up deleted. */
  cancel(userId: UserId): Promise<void>;
}

/**
 * The flow: parent `create-user`, child `send-welcome-email`. BullMQ runs a child before its parent, but here the parent
 * has to come first. So the parent is added alone, and attaches its child once the user exists
 * (docs/decisions/0001-the-parent-attaches-its-child.md).
 */
export const createSignUpProducer = ({ users, emails, optionsOf }: Queues): SignUpProducer => {
  const options = optionsOf(createUserJob);
  return {
    enqueue: async (userId, newUser, requestId) => {
      const payload = { userId, requestId, ...(newUser && { newUser }) };
      await users.add(createUserJob.name, payload, { ...options, jobId: userId });
    },

    find: async (userId) => {
      const job = await users.getJob(userId);
      // A job that was changed or added by hand may hold anything.
      return (
        job && {
          newUser: createUserJob.isPayload(job.data) ? job.data.newUser : undefined,
          failed: hasFailed(job),
        }
      );
    },

    cancel: async (userId) => {
      await emails.remove(emailJobId(userId));
      await users.remove(userId);
    },
  };
};

/** One producer of several, each of which has the queues of a shard. */
export const spreadSignUpProducer = (producers: Shards<SignUpProducer>): SignUpProducer => ({
  enqueue: (userId, newUser, requestId) => producers.of(userId).enqueue(userId, newUser, requestId),
  find: (userId) => producers.of(userId).find(userId),
  cancel: (userId) => producers.of(userId).cancel(userId),
});
