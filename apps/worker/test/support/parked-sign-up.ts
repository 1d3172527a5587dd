import { randomUUIDv7 } from 'node:crypto';
import { createSignUpProducer, createWelcomeEmailChild, openQueues, type Queues } from '@backend-jobs/jobs';
import { openTestRedis } from '@backend-jobs/local-services';
import type { UserId } from '@backend-jobs/sign-ups';
import { type Job, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { test as base } from 'vitest';
import { completeParents } from '../../src/complete-parents.ts';

const ada = { name: 'Ada', email: 'ada@example.com', locale: 'en' } as const;

/** A sign-up whose email is being sent, in queues of its own. Its workers do nothing by themselves. */
export class ParkedSignUp {
  readonly id: UserId = randomUUIDv7();
  readonly connection: Redis;
  readonly prefix: string;
  readonly queues: Queues;
  readonly users: Worker;
  readonly emails: Worker;
  /** What the users' worker has said of jobs that have completed. */
  readonly said: unknown[] = [];

  constructor(url: string, prefix: string, { completesParents = true } = {}) {
    this.connection = new Redis(url, { maxRetriesPerRequest: null });
    this.prefix = prefix;
    this.queues = openQueues({ connection: this.connection, prefix });
    const options = {
      connection: this.connection,
      prefix,
      autorun: false,
      metrics: { maxDataPoints: 10 },
      stalledInterval: 50,
    };
    this.users = new Worker('users', null, options);
    const factory = completesParents ? completeParents(this.connection, this.users, this.queues) : undefined;
    this.emails = factory
      ? new Worker('emails', null, options, factory)
      : new Worker('emails', null, options);
    this.users.on('completed', (job, report) =>
      this.said.push({ name: job.name, id: job.id, data: job.data, report }),
    );
  }

  /** Has the user's job attach its email, and park. The email's job runs then, under the lock `run`. */
  async park({ forgets = true, parks = true } = {}): Promise<{ parent: Job; email: Job }> {
    await createSignUpProducer(this.queues).enqueue(this.id, ada, 'r');
    const parent = await this.take(this.users, 'first pass');
    const child = createWelcomeEmailChild(this.queues);
    await child.attach(parent, 0);
    if (parks) await child.park(parent, 'first pass');
    if (forgets) await child.forgetNewUser(parent);
    return { parent, email: await this.take(this.emails, 'run') };
  }

  async take(worker: Worker, token: string): Promise<Job> {
    return (await worker.getNextJob(token, { block: false })) as Job;
  }

  /** All that Redis has of it: its streams as the names of their events, ids and times as such. */
  async left(): Promise<Record<string, unknown>> {
    const keys = await this.connection.keys(`${this.prefix.replace('{', '\\{')}:*`);
    const entries = keys.map(async (key) => [key.slice(this.prefix.length), await this.#read(key)]);
    const text = JSON.stringify(Object.fromEntries(await Promise.all(entries)));
    const plain = text
      .replaceAll(this.id, 'ID')
      .replaceAll(this.prefix, 'P')
      .replace(/\b1\d{12}\b/g, 'TIME');
    return JSON.parse(plain);
  }

  async #read(key: string): Promise<unknown> {
    switch (await this.connection.type(key)) {
      case 'hash':
        return this.connection.hgetall(key);
      case 'zset':
        return this.connection.zrange(key, '0', '-1', 'WITHSCORES');
      case 'set':
        return this.connection.smembers(key);
      case 'list':
        return this.connection.lrange(key, 0, -1);
      case 'stream':
        return (await this.connection.xrange(key, '-', '+')).map(([, [, event]]) => event);
      default:
        return this.connection.get(key);
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.users.close(), this.emails.close()]);
    this.connection.disconnect();
  }
}

/** A `test` that opens sign-ups, each in queues of its own, on a Redis that the tests of a file share. */
export const test = base
  // biome-ignore lint/correctness/noEmptyPattern: vitest requires this pattern of a fixture that uses no other
  .extend('redis', { scope: 'file' }, async ({}, { onCleanup }) => {
    const redis = await openTestRedis();
    onCleanup(() => redis.stop());
    return redis;
  })
  .extend('open', async ({ redis }, { onCleanup }) => {
    const opened = new AsyncDisposableStack();
    onCleanup(() => opened.disposeAsync());
    return (options: { completesParents?: boolean } = {}) => {
      const signUp = new ParkedSignUp(redis.url, `${redis.prefix}:${randomUUIDv7()}`, options);
      opened.defer(() => signUp.close());
      return signUp;
    };
  });
