import { createUserJob, type QueueShard, reconcileSignUpsJob, sendWelcomeEmailJob } from '@backend-jobs/jobs';
import type { Worker } from 'bullmq';
import { canCompleteParents, completeParents } from './complete-parents.ts';
import type { Processor } from './processors/processor.ts';
import { limitsOf, type QueueLimits } from './share-limits.ts';
import { startWorker, type WorkerOptions } from './start-worker.ts';

type ShardOptions = Pick<WorkerOptions, 'redis' | 'logger' | 'telemetry' | 'observeRun'> & {
  /** By the queue. */
  limits: Record<string, QueueLimits>;
};

/** Starts the workers of a shard, one for each queue. */
export const startWorkers = (
  { connection, keyPrefix: prefix, queues }: QueueShard,
  processors: Processor[],
  { limits, ...options }: ShardOptions,
): Worker[] => {
  const start = (queue: string, backendFactory?: WorkerOptions['backendFactory']) => {
    const ofQueue = processors.filter(({ job }) => job.queue === queue);
    const common = { ...options, connection, prefix, backendFactory };
    return startWorker(queue, ofQueue, { ...common, ...limitsOf(limits, queue) });
  };
  const users = start(createUserJob.queue);
  const completesParents = canCompleteParents() ? completeParents(connection, users, queues) : undefined;
  const emails = start(sendWelcomeEmailJob.queue, completesParents);
  return [users, emails, start(reconcileSignUpsJob.queue)];
};
