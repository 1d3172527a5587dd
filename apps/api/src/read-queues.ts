import { type QueueFacts, type Queues, readQueueFacts } from '@backend-jobs/jobs';
import type { WelcomeEmailLedger } from '@backend-jobs/sign-ups';

/** What was read from Redis stays true for so long, however many ask. */
const validMs = 5_000;

export interface QueueSnapshot {
  queues: QueueFacts[];
  oldestUnsettledMs: number;
}

/** Returns `undefined` while nothing is known, since Redis is away. */
export type ReadQueues = () => Promise<QueueSnapshot | undefined>;

/** The queues have to be on a connection whose commands fail at once while Redis is away. */
export const createQueueReader = ({
  queues: { users, emails, maintenance },
  welcomeEmails,
  isRedisAway,
}: {
  queues: Queues;
  welcomeEmails: WelcomeEmailLedger;
  isRedisAway: () => boolean;
}): ReadQueues => {
  let last: ReturnType<ReadQueues> = Promise.resolve(undefined);
  let validUntilMs = Number.NEGATIVE_INFINITY;

  const read: ReadQueues = async () => {
    try {
      const [oldestUnsettledMs, ...facts] = await Promise.all([
        welcomeEmails.oldestOpenAgeMs(),
        ...[users, emails, maintenance].map(readQueueFacts),
      ]);
      return { queues: facts, oldestUnsettledMs };
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
