import { type QueueState, type Queues, readQueueState } from '@backend-jobs/jobs';
import type { WelcomeEmailLedger } from '@backend-jobs/sign-ups';
import type { Redis } from 'ioredis';

/** What was read from Redis stays true for so long, however many ask. */
const validMs = 5_000;

export interface QueueSnapshot {
  queues: { name: string; state: QueueState }[];
  oldestUnsettledMs: number;
}

/** Returns `undefined` while nothing is known, since Redis is away. */
export type ReadQueues = () => Promise<QueueSnapshot | undefined>;

/** The connection has to be one whose commands fail at once while Redis is away, and the queues have to use it. */
export const createQueueReader = ({
  connection,
  queues: { users, emails, maintenance },
  welcomeEmails,
  isRedisAway,
}: {
  connection: Redis;
  queues: Queues;
  welcomeEmails: WelcomeEmailLedger;
  isRedisAway: () => boolean;
}): ReadQueues => {
  let last: ReturnType<ReadQueues> = Promise.resolve(undefined);
  let validUntilMs = Number.NEGATIVE_INFINITY;

  const read: ReadQueues = async () => {
    try {
      const [oldestUnsettledMs, ...states] = await Promise.all([
        welcomeEmails.oldestOpenAgeMs(),
        ...[users, emails, maintenance].map(async (queue) => ({
          name: queue.name,
          state: await readQueueState(queue, connection),
        })),
      ]);
      return { queues: states, oldestUnsettledMs };
    } catch {
      validUntilMs = Number.NEGATIVE_INFINITY;
      return undefined;
    }
  };

  return async () => {
    if (isRedisAway()) return undefined;
    if (performance.now() >= validUntilMs) {
      validUntilMs = performance.now() + validMs;
      last = read();
    }
    return last;
  };
};
