import { createHash, randomUUIDv7 } from 'node:crypto';
import { openTestRedis } from '@backend-jobs/local-services';
import { oneShard } from '@backend-jobs/redis';
import { openStores, type Stores, type UserId } from '@backend-jobs/sign-ups';
import type { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { test as base } from 'vitest';
import {
  createRedriveRunner,
  createRedrives,
  openQueues,
  type Queues,
  type RedriveRunner,
  type Redrives,
} from '../../src/index.ts';

/** Queues that no worker works on, and what works on their failures. */
export class Scene {
  readonly connection: Redis;
  readonly prefix: string;
  readonly queues: Queues;
  readonly stores: Stores;
  readonly redrives: Redrives;
  readonly runner: RedriveRunner;

  constructor(connection: Redis, prefix: string) {
    this.connection = connection;
    this.prefix = prefix;
    this.queues = openQueues({ connection, prefix });
    this.stores = openStores(oneShard(connection, prefix), { hashSecret: 'for-tests' });
    const deps = { connection, prefix, queues: this.queues, ...this.stores };
    this.redrives = createRedrives(deps);
    this.runner = createRedriveRunner(deps);
  }

  /** The same, over another connection. */
  open(connection: Redis): Scene {
    return new Scene(connection, this.prefix);
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

  /**
   * A digest of all that Redis has, but for what is kept of redrives. Not of `DUMP`, which gives the fields of a large hash
   * in whatever order they are.
   */
  async digest(): Promise<string> {
    const keys = await this.connection.keys(`${this.prefix.replace('{', '\\{')}:*`);
    const kept = keys.filter((key) => !key.includes(':redrive')).sort();
    const contents = await Promise.all(kept.map((key) => this.#read(key)));
    return createHash('sha256')
      .update(JSON.stringify([kept, contents]))
      .digest('hex');
  }

  async #read(key: string): Promise<unknown> {
    const type = await this.connection.type(key);
    if (type === 'hash') return Object.entries(await this.connection.hgetall(key)).sort();
    return type === 'zset' ? this.connection.zrange(key, '0', '-1', 'WITHSCORES') : this.connection.dump(key);
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

/** A `test` with a `scene` of its own, on a Redis that the tests of a file share. */
export const test = base
  // biome-ignore lint/correctness/noEmptyPattern: vitest requires this pattern of a fixture that uses no other
  .extend('redis', { scope: 'file' }, async ({}, { onCleanup }) => {
    const redis = await openTestRedis();
    onCleanup(() => redis.stop());
    return redis;
  })
  .extend('scene', async ({ redis }, { onCleanup }) => {
    const connection = new Redis(redis.url);
    onCleanup(() => connection.disconnect());
    return new Scene(connection, `${redis.prefix}:${randomUUIDv7()}`);
  });
