import { addUpQueueStates, type QueueShard, type QueueState, readQueueState } from '@backend-jobs/jobs';
import type { WelcomeEmailLedger } from '@backend-jobs/sign-ups';

/** How long what was read is used again, however many processes scrape. */
const validMs = 5_000;

export interface QueueSnapshot {
  queues: { name: string; state: QueueState }[];
  oldestUnsettledMs: number;
}

/** Returns `undefined` while Redis is away. */
export type ReadQueues = () => Promise<QueueSnapshot | undefined>;

const queueNames = ['users', 'emails', 'maintenance'] as const;

/** The state of a queue in all shards together. */
const readState = async (
  shards: readonly QueueShard[],
  name: (typeof queueNames)[number],
): Promise<QueueState> =>
  addUpQueueStates(
    await Promise.all(shards.map(({ queues, connection }) => readQueueState(queues[name], connection))),
  );

/** The connections have to be such whose commands fail at once while Redis is away. */
export const createQueueReader = ({
  shards,
  welcomeEmails,
  isRedisAway,
}: {
  shards: readonly QueueShard[];
  welcomeEmails: WelcomeEmailLedger;
  isRedisAway: () => boolean;
}): ReadQueues => {
  let last: ReturnType<ReadQueues> = Promise.resolve(undefined);
  let validUntilMs = Number.NEGATIVE_INFINITY;

  const read: ReadQueues = async () => {
    try {
      const [oldestUnsettledMs, queues] = await Promise.all([
        welcomeEmails.oldestOpenAgeMs(),
        Promise.all(queueNames.map(async (name) => ({ name, state: await readState(shards, name) }))),
      ]);
      return { queues, oldestUnsettledMs };
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
