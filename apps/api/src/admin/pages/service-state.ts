import { addUpQueueStates, type QueueShard, type QueueState, readQueueState } from '@backend-jobs/jobs';
import type { MailPulse } from '@backend-jobs/mail/mail-pulse';
import { readInfo } from '@backend-jobs/redis';
import type { UserId, WelcomeEmailLedger } from '@backend-jobs/sign-ups';
import type { Queue } from 'bullmq';

/** The state of the service now. Times are in ms since 1970, by the clock of Redis. */
export interface ServiceState {
  nowMs: number;
  queues: { name: string; state: QueueState; throughput: Throughput }[];
  /** The sign-up whose welcome has been under way for longest. */
  oldestUnsettled: UserId | undefined;
  mail: {
    /** When the last message that the server took was begun; `undefined` if there was none in the last 10 minutes. */
    lastTakenMs: number | undefined;
    /** The workers hold the emails back: the server can't be reached, or refuses every message, or `EMAILS_RATE` is reached. */
    isHeldBack: boolean;
  };
  redis: Record<string, string>;
  /** The names of the workers; `undefined` where Redis does not let the API see them. */
  workers: string[] | undefined;
}

/** Jobs in the last five whole minutes. */
interface Throughput {
  completed: number;
  failed: number;
}

export interface ServiceStateOptions {
  shards: readonly QueueShard[];
  welcomeEmails: WelcomeEmailLedger;
  pulse: MailPulse;
}

const queueNames = ['users', 'emails', 'maintenance'] as const;

/** Reads it by a number of commands that does not depend on how many sign-ups or jobs there are. */
export const readServiceState = async ({
  shards,
  welcomeEmails,
  pulse,
}: ServiceStateOptions): Promise<ServiceState> => {
  const [first] = shards as [QueueShard];
  const [nowMs, lastTakenMs, rateLimitsMs, oldestUnsettled, redis, workers, queues] = await Promise.all([
    pulse.nowMs(),
    pulse.lastPassedMs(),
    // As many as `rateLimit` sets: below that the limiter only counts the emails that went out.
    Promise.all(shards.map(({ queues: { emails } }) => emails.getRateLimitTtl(Number.MAX_SAFE_INTEGER))),
    findOldest(welcomeEmails),
    readInfo(first.connection),
    // Without the right to CLIENT LIST this fails, or finds nobody. Each worker serves all shards.
    first.queues.users.getWorkers().catch(() => []),
    Promise.all(queueNames.map((name) => readQueue(shards, name))),
  ]);
  return {
    nowMs,
    queues,
    oldestUnsettled,
    mail: { lastTakenMs: lastTakenMs || undefined, isHeldBack: rateLimitsMs.some((ms) => ms > 0) },
    redis,
    workers: workers.length > 0 ? workers.map(nameOf) : undefined,
  };
};

const findOldest = async (welcomeEmails: WelcomeEmailLedger): Promise<UserId | undefined> => {
  for await (const [oldest] of welcomeEmails.findOpen(0)) return oldest;
  return undefined;
};

/** A queue in all shards together. */
const readQueue = async (
  shards: readonly QueueShard[],
  name: (typeof queueNames)[number],
): Promise<ServiceState['queues'][number]> => {
  const parts = await Promise.all(
    shards.map(async ({ queues, connection }) => {
      const queue = queues[name];
      return { state: await readQueueState(queue, connection), ...(await readThroughput(queue)) };
    }),
  );
  const sumOf = (outcome: keyof Throughput) => parts.reduce((sum, part) => sum + part[outcome], 0);
  return {
    name,
    state: addUpQueueStates(parts.map(({ state }) => state)),
    throughput: { completed: sumOf('completed'), failed: sumOf('failed') },
  };
};

/** `host:pid`, which a worker has put at the end of its connection's name; otherwise the address that it comes from. */
const nameOf = ({ rawname = '', addr = '' }: Record<string, string>): string =>
  rawname.split(':w:')[1] || addr;

const minutes = 5;

const readThroughput = async (queue: Queue): Promise<Throughput> => {
  const [completed, failed] = await Promise.all([
    queue.getMetrics('completed', 0, minutes - 1),
    queue.getMetrics('failed', 0, minutes - 1),
  ]);
  // The minutes end with the last job's: BullMQ adds those in which nothing happened when the next job ends.
  const sum = ({ data, meta }: Awaited<ReturnType<Queue['getMetrics']>>) => {
    const idleMinutes = Math.floor((Date.now() - Number(meta.prevTS)) / 60_000);
    const recent = data.slice(0, Math.max(0, minutes - idleMinutes));
    return recent.reduce((total, count) => total + Number(count), 0);
  };
  return { completed: sum(completed), failed: sum(failed) };
};
