import { randomUUIDv7 } from 'node:crypto';
import { openTestRedis } from '@backend-jobs/local-services';
import { openStores, type Stores, type UserId } from '@backend-jobs/sign-ups';
import type { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import {
  createRedriveRunner,
  createRedrives,
  openQueues,
  type Queues,
  type RedriveRunner,
  type Redrives,
} from '../../src/index.ts';

/** What a redrive is tested with: queues of a real Redis, new for each test, which no worker works on. */
export class Scene {
  redis!: Awaited<ReturnType<typeof openTestRedis>>;
  connection!: Redis;
  prefix!: string;
  queues!: Queues;
  stores!: Stores;
  redrives!: Redrives;
  runner!: RedriveRunner;

  constructor() {
    beforeAll(async () => {
      this.redis = await openTestRedis();
      this.connection = new Redis(this.redis.url);
    });
    afterAll(async () => {
      this.connection.disconnect();
      await this.redis.stop();
    });
    beforeEach(() => {
      this.open(`${this.redis.prefix}:${randomUUIDv7()}`);
    });
  }

  open(prefix: string): void {
    const { connection } = this;
    this.prefix = prefix;
    this.queues = openQueues({ connection, prefix });
    this.stores = openStores(connection, { keyPrefix: prefix, hashSecret: 'for-tests' });
    const deps = { connection, prefix, queues: this.queues, ...this.stores };
    this.redrives = createRedrives(deps);
    this.runner = createRedriveRunner(deps);
  }

  /** Makes failed jobs, as workers leave them; returns their ids. */
  async fail(
    queue: Queue,
    count: number,
    reasonOf: (index: number) => string,
    failedAtMs: (index: number) => number = (index) => 1_700_000_000_000 + index,
  ): Promise<string[]> {
    const ids = Array.from({ length: count }, () => `welcome-${randomUUIDv7()}`);
    const pipeline = this.connection.pipeline();
    for (const [index, id] of ids.entries())
      addFailed(pipeline, queue, id, reasonOf(index), failedAtMs(index));
    await pipeline.exec();
    return ids;
  }

  /** Has a job that waits fail, as a worker would. */
  async failAgain(queue: Queue, id: string, failedAtMs: number): Promise<void> {
    await this.connection.lrem(queue.toKey('wait'), 0, id);
    const pipeline = this.connection.pipeline();
    addFailed(pipeline, queue, id, '550 again', failedAtMs);
    await pipeline.exec();
  }

  /** A user whose welcome has failed, with the job that has failed, or without it. */
  async createUnwelcomed({ hasJob, error = '550 no' }: { hasJob: boolean; error?: string }): Promise<UserId> {
    const id = randomUUIDv7();
    const { signUpStore, welcomeEmails } = this.stores;
    await signUpStore.create(id, { name: 'Ada', email: `${id}@example.com`, locale: 'en' });
    await welcomeEmails.giveUp(id, error);
    if (hasJob) {
      const pipeline = this.connection.pipeline();
      addFailed(pipeline, this.queues.emails, `welcome-${id}`, error, Date.now());
      await pipeline.exec();
    }
    return id;
  }

  waiting = (queue: Queue): Promise<string[]> => this.connection.lrange(queue.toKey('wait'), 0, -1);

  /** All that Redis has, but for what is kept of redrives. */
  async dump(): Promise<Map<string, string>> {
    const keys = await this.connection.keys(`${this.prefix.replace('{', '\\{')}:*`);
    const kept = keys.filter((key) => !key.includes(':redrive')).sort();
    const pipeline = this.connection.pipeline();
    for (const key of kept) pipeline.dump(key);
    const dumps = ((await pipeline.exec()) ?? []).map(([, dump]) => String(dump));
    return new Map(kept.map((key, index) => [key, dumps[index] ?? '']));
  }

  /** Runs the redrive as workers do, without the pauses. */
  async run(id: string): Promise<void> {
    while ('dueInMs' in (await this.runner.advance(id)));
  }
}

const addFailed = (
  pipeline: ReturnType<Redis['pipeline']>,
  queue: Queue,
  id: string,
  failedReason: string,
  finishedOn: number,
): void => {
  pipeline.hset(queue.toKey(id), {
    name: 'send-welcome-email',
    data: JSON.stringify({ userId: id.replace('welcome-', ''), requestId: 'r' }),
    opts: JSON.stringify({ attempts: 3, jobId: id }),
    timestamp: finishedOn - 1_000,
    processedOn: finishedOn - 10,
    finishedOn,
    failedReason,
    atm: 3,
    ats: 3,
    priority: 0,
    delay: 0,
  });
  pipeline.zadd(queue.toKey('failed'), finishedOn, id);
};
