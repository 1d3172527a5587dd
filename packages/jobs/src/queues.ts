import type { Shard, Shards } from '@backend-jobs/redis';
import { type JobsOptions, Queue, type Telemetry } from 'bullmq';
import type { Redis } from 'ioredis';
import { type CreateUserPayload, createUserJob } from './create-user-job.ts';
import { reconcileSignUpsJob } from './reconcile-sign-ups-job.ts';
import { type SendWelcomeEmailPayload, sendWelcomeEmailJob } from './send-welcome-email-job.ts';

/** The queues of one shard, in Redis. */
export interface Queues {
  users: Queue<CreateUserPayload>;
  emails: Queue<SendWelcomeEmailPayload>;
  maintenance: Queue;
  /** With what a job is added. Each shard keeps its part of the jobs that have ended. */
  optionsOf<Options extends JobsOptions>(job: { options: Options }): Options;
  close(): Promise<void>;
}

/** A shard with its queues. */
export interface QueueShard extends Shard {
  queues: Queues;
}

/** Opens the queues of each shard. */
export const openQueuesOf = (
  shards: Shards<Shard>,
  { telemetry }: { telemetry?: Telemetry | undefined } = {},
): Shards<QueueShard> =>
  shards.map((shard) => {
    const { connection, keyPrefix: prefix } = shard;
    return { ...shard, queues: openQueues({ connection, prefix, shards: shards.all.length, telemetry }) };
  });

/** Opens the queues of one of so many `shards`. The caller opens and closes the connection. `telemetry` traces what is added. */
export const openQueues = ({
  connection,
  prefix,
  shards = 1,
  telemetry,
}: {
  connection: Redis;
  prefix: string;
  shards?: number;
  telemetry?: Telemetry | undefined;
}): Queues => {
  const open = <Payload>(name: string) => {
    const queue = new Queue<Payload>(name, {
      connection,
      prefix,
      // Nothing waits for Redis at the start: an API has to be able to refuse while Redis is away.
      skipVersionCheck: true,
      skipWaitingForReady: true,
      skipMetasUpdate: true,
      ...(telemetry && { telemetry }),
    });
    // The connection's owner reports outages; without a listener BullMQ would print each of them.
    queue.on('error', () => {});
    return queue;
  };
  const users = open<CreateUserPayload>(createUserJob.queue);
  const emails = open<SendWelcomeEmailPayload>(sendWelcomeEmailJob.queue);
  const maintenance = open(reconcileSignUpsJob.queue);
  return {
    users,
    emails,
    maintenance,
    optionsOf: ({ options }) => ({
      ...options,
      ...keptOf('removeOnComplete', options, shards),
      ...keptOf('removeOnFail', options, shards),
    }),
    close: async () => {
      await Promise.all([users, emails, maintenance].map((queue) => queue.close()));
    },
  };
};

const keptOf = (
  name: 'removeOnComplete' | 'removeOnFail',
  options: JobsOptions,
  shards: number,
): JobsOptions => {
  const kept = options[name];
  return typeof kept === 'object' && kept.count !== undefined
    ? { [name]: { ...kept, count: Math.ceil(kept.count / shards) } }
    : {};
};
