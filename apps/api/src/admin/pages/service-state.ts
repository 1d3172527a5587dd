import { type QueueState, type Queues, readQueueState } from '@backend-jobs/jobs';
import type { MailPulse } from '@backend-jobs/mail/mail-pulse';
import { readInfo } from '@backend-jobs/redis';
import type { UserId, WelcomeEmailLedger } from '@backend-jobs/sign-ups';
import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';

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
  queues: Queues;
  connection: Redis;
  welcomeEmails: WelcomeEmailLedger;
  pulse: MailPulse;
}

/** Reads it by a number of commands that does not depend on how many sign-ups or jobs there are. */
export const readServiceState = async ({
  queues,
  connection,
  welcomeEmails,
  pulse,
}: ServiceStateOptions): Promise<ServiceState> => {
  const { users, emails, maintenance } = queues;
  const [nowMs, lastTakenMs, rateLimitMs, [oldestUnsettled], redis, workers, ...states] = await Promise.all([
    pulse.nowMs(),
    pulse.lastPassedMs(),
    emails.getRateLimitTtl(),
    welcomeEmails.findOpen(0, { offset: 0, count: 1 }),
    readInfo(connection),
    // Without the right to CLIENT LIST this fails, or finds nobody.
    users.getWorkers().catch(() => []),
    ...[users, emails, maintenance].map(async (queue) => ({
      name: queue.name,
      state: await readQueueState(queue, connection),
      throughput: await readThroughput(queue),
    })),
  ]);
  return {
    nowMs,
    queues: states,
    oldestUnsettled,
    mail: { lastTakenMs: lastTakenMs || undefined, isHeldBack: rateLimitMs > 0 },
    redis,
    workers: workers.length > 0 ? workers.map(nameOf) : undefined,
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
