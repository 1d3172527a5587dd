import { Queue, type Telemetry } from 'bullmq';
import type { Redis } from 'ioredis';
import { type CreateUserPayload, createUserJob } from './create-user-job.ts';
import { reconcileSignUpsJob } from './reconcile-sign-ups-job.ts';
import { type SendWelcomeEmailPayload, sendWelcomeEmailJob } from './send-welcome-email-job.ts';

/** The queues of this service, in Redis. */
export interface Queues {
  users: Queue<CreateUserPayload>;
  emails: Queue<SendWelcomeEmailPayload>;
  maintenance: Queue;
  close(): Promise<void>;
}

/** Opens the queues. The caller opens and closes the connection. `telemetry` traces what is added. */
export const openQueues = ({
  connection,
  prefix,
  telemetry,
}: {
  connection: Redis;
  prefix: string;
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
    close: async () => {
      await Promise.all([users, emails, maintenance].map((queue) => queue.close()));
    },
  };
};
