import { createUserJob, type QueueShard, sendWelcomeEmailJob } from '@backend-jobs/jobs';
import type { Worker } from 'bullmq';
import { canCompleteParents, completeParents } from './complete-parents.ts';
import type { Processor } from './processors/processor.ts';
import { limitsOf, type QueueLimits } from './share-limits.ts';
import { startWorker, type WorkerOptions } from './start-worker.ts';

type ShardOptions = Pick<WorkerOptions, 'redis' | 'logger' | 'telemetry' | 'observeRun'> & {
  /** By the queue. */
  limits: Record<string, QueueLimits>;
};

/** Starts a worker for each queue of a shard that there are processors for. */
export const startWorkers = (
  { connection, keyPrefix: prefix, queues }: QueueShard,
  processors: Processor[],
  { limits, ...options }: ShardOptions,
): Worker[] => {
  const byQueue = Map.groupBy(processors, ({ job }) => job.queue);
  const start = (queue: string, backendFactory?: WorkerOptions['backendFactory']) => {
    const common = { ...options, connection, prefix, backendFactory };
    return startWorker(queue, byQueue.get(queue) ?? [], { ...common, ...limitsOf(limits, queue) });
  };
  const users = start(createUserJob.queue);
  const completesParents = canCompleteParents() ? completeParents(connection, users, queues) : undefined;
  const others = [...byQueue.keys()].filter((queue) => queue !== users.name);
  return [
    users,
    ...others.map((queue) =>
      start(queue, queue === sendWelcomeEmailJob.queue ? completesParents : undefined),
    ),
  ];
};
