import { redisNowMs } from '@backend-jobs/redis';
import type { UserId } from '@backend-jobs/sign-ups';
import type { Redis } from 'ioredis';
import { createUserJob } from './create-user-job.ts';
import { failureOf, hasFailed, isLiveState, isUnfinished, scorePerMs } from './job-states.ts';
import type { Queues } from './queues.ts';
import { reconcileSignUpsJob } from './reconcile-sign-ups-job.ts';
import { removeOldJobs } from './remove-old-jobs.ts';
import { longestDelayMs } from './retry-delay.ts';
import { emailJobId } from './send-welcome-email-job.ts';
import { createSignUpProducer } from './sign-up-producer.ts';
import { addWelcomeEmail } from './welcome-email-child.ts';

/**
 * - `live`: one of its jobs waits, runs, or will run again. Nothing was changed.
 * - `attached`: its email had no job, and has one again.
 * - `freed`: its parent was parked for an email that had ended. It runs on, and records how the email ended.
 * - `ended`: both jobs are over, and the email ended with `failure`.
 */
type Repair = { found: 'live' | 'attached' | 'freed' } | { found: 'ended'; failure: string };

/** What the reconciler does with sign-ups that hang. */
export interface SignUpRepair {
  /**
   * Looks at a sign-up whose email has had no outcome for a while, and repairs what hangs. `lastJob` returns that of the run
   * that claimed the email last.
   */
  repair(userId: UserId, lastJob: () => Promise<number>): Promise<Repair>;
  /**
   * Has jobs run now that wait longer than any job does: a worker whose clock was ahead has put them off. Returns how many
   * there were.
   */
  promoteFarOff(): Promise<number>;
  /** A page of the sign-ups that are parked; the oldest first. */
  findParked(page: { offset: number; count: number }): Promise<UserId[]>;
  /**
   * Those of the sign-ups whose job will not run: it is gone, or has ended. Redis is asked once for all of them, since
   * nearly all that wait in a long backlog have a job.
   */
  findUnqueued(userIds: UserId[]): Promise<UserId[]>;
  /**
   * Looks at a sign-up that the store has as waiting, and adds its job if there is none that will make its user. One whose
   * job has `failed` is over, which nobody may have recorded.
   */
  requeue(userId: UserId): Promise<'live' | 'requeued' | 'failed'>;
  /** Removes the jobs that ended longer ago than they are kept. Returns how many there were. */
  removeOldJobs(): Promise<number>;
  /** Has `reconcile-sign-ups` run, unless any worker has asked for that in the last `everyMs`, or a run still waits. */
  requestRun(everyMs: number): Promise<void>;
}

const clockToleranceMs = 60_000;

/**
 * Never races a live job: a parent that is not parked attaches its email itself, and nobody else waits for one that is
 * parked. A job that is added has the id that it always has.
 */
export const createSignUpRepair = (queues: Queues, connection: Redis): SignUpRepair => {
  const { users, emails, maintenance } = queues;
  return {
    repair: async (userId, lastJob) => {
      if (isUnfinished(await emails.getJob(emailJobId(userId)))) return { found: 'live' };
      const parent = await users.getJob(userId);
      const parentState = await parent?.getState();
      // Read after its parent's state: a parent that is parked by now has attached it before.
      const email = await emails.getJob(emailJobId(userId));
      if (isUnfinished(email) || (parentState !== 'unknown' && isLiveState(parentState)))
        return { found: 'live' };

      const parked = parentState === 'waiting-children' ? parent : undefined;
      if (email && !parked) return { found: 'ended', failure: failureOf(email) };
      if (email) {
        await email.removeChildDependency();
        return { found: 'freed' };
      }
      const requestId = parent?.data?.requestId ?? reconcileSignUpsJob.name;
      await addWelcomeEmail(queues, { userId, requestId, parent: parked, lastJob: await lastJob() });
      return { found: 'attached' };
    },

    findUnqueued: async (userIds) => {
      const pipeline = connection.pipeline();
      for (const id of userIds) pipeline.hmget(users.toKey(id), 'timestamp', 'finishedOn');
      const replies = (await pipeline.exec()) ?? [];
      return userIds.filter((_, index) => {
        const [error, reply] = replies[index] ?? [];
        if (error) throw error;
        const [addedAt, finishedOn] = reply as (string | null)[];
        return addedAt === null || finishedOn !== null;
      });
    },

    requeue: async (userId) => {
      const job = await users.getJob(userId);
      if (isUnfinished(job)) return 'live';
      if (job && hasFailed(job) && createUserJob.isPayload(job.data)) return 'failed';
      // It is not whole, since Redis has lost a part of it. Or it has completed, and the store is an older one.
      await job?.remove();
      await createSignUpProducer(queues).enqueue(userId, undefined, reconcileSignUpsJob.name);
      return 'requeued';
    },

    promoteFarOff: async () => {
      const fromMs = (await redisNowMs(connection)) + longestDelayMs + clockToleranceMs;
      let promoted = 0;
      for (const queue of [users, emails]) {
        const ids = await connection.zrangebyscore(queue.toKey('delayed'), fromMs * scorePerMs, '+inf');
        for (const id of ids) {
          // One that can't be read, or is gone meanwhile, must not hold up the others.
          const job = await queue.getJob(id).catch(() => undefined);
          promoted +=
            (await job?.promote().then(
              () => 1,
              () => 0,
            )) ?? 0;
        }
      }
      return promoted;
    },

    findParked: ({ offset, count }) =>
      users.getRanges(['waiting-children'], offset, offset + count - 1, true),

    removeOldJobs: () => removeOldJobs(queues),

    requestRun: async (everyMs) => {
      const { name } = reconcileSignUpsJob;
      // Earlier versions planned the runs ahead, and one of them may run beside this one.
      await maintenance.removeJobScheduler(name);
      if ((await maintenance.getJobCountByTypes('waiting')) > 0) return;
      // Redis forgets it a little earlier than the next request comes, which can be early, too.
      const deduplication = { id: `every-${everyMs}-ms`, ttl: 0.9 * everyMs };
      await maintenance.add(name, {}, { ...queues.optionsOf(reconcileSignUpsJob), deduplication });
    },
  };
};
