import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';

const infoNumber = async (redis: Redis, section: string, name: string): Promise<number | undefined> => {
  const found = new RegExp(`^${name}:([0-9.]+)`, 'm').exec(await redis.info(section))?.[1];
  return found === undefined ? undefined : Number(found);
};

/** Processor time that all threads of Redis have used, in ms. */
export const redisProcessorMs = async (redis: Redis): Promise<number> => {
  const times = [infoNumber(redis, 'cpu', 'used_cpu_user'), infoNumber(redis, 'cpu', 'used_cpu_sys')];
  return (await Promise.all(times)).reduce<number>(
    (sum, seconds) => sum + (seconds ?? Number.NaN) * 1_000,
    0,
  );
};

/**
 * Processor time that Redis' main thread has used. A Redis before 6.2 tells only that of all its threads, which is a
 * little more.
 */
export const redisMainThreadMs = async (redis: Redis): Promise<number> => {
  const read = async (kind: 'user' | 'sys') =>
    (await infoNumber(redis, 'cpu', `used_cpu_${kind}_main_thread`)) ??
    (await infoNumber(redis, 'cpu', `used_cpu_${kind}`)) ??
    Number.NaN;
  return ((await read('user')) + (await read('sys'))) * 1_000;
};

/** Of the append-only file, with what is about to be written to it. */
export const appendOnlyBytes = async (redis: Redis): Promise<number> => {
  const sizes = (await redis.info('persistence')).matchAll(/^aof_(?:current_size|buffer_length):(\d+)/gm);
  return [...sizes].reduce((sum, [, bytes]) => sum + Number(bytes), 0);
};

export const usedMemoryBytes = async (redis: Redis): Promise<number> =>
  (await infoNumber(redis, 'memory', 'used_memory')) ?? Number.NaN;

/**
 * Empties Redis, and its file: rewriting that later, when it has grown, would take a processor from whoever has his turn
 * then.
 */
export const clearRedis = async (redis: Redis): Promise<void> => {
  await redis.flushall('SYNC');
  await redis.bgrewriteaof();
  while (await isRewriting(redis)) await sleep(10);
};

const isRewriting = async (redis: Redis): Promise<boolean> =>
  Boolean(await infoNumber(redis, 'persistence', 'aof_rewrite_in_progress')) ||
  Boolean(await infoNumber(redis, 'persistence', 'aof_rewrite_scheduled'));

/** Jobs of `queues` that are neither done nor failed. @throws when one has failed */
const countUnfinished = async (redis: Redis, queues: readonly string[]): Promise<number> => {
  let unfinished = 0;
  for (const queue of queues) {
    for (const list of ['wait', 'active', 'paused']) unfinished += await redis.llen(`${queue}:${list}`);
    for (const set of ['delayed', 'waiting-children']) unfinished += await redis.zcard(`${queue}:${set}`);
    const failed = await redis.zcard(`${queue}:failed`);
    if (failed > 0) throw new Error(`${failed} jobs of ${queue} failed`);
  }
  return unfinished;
};

/** @throws when a job has failed, or some are left after 20 s */
export const untilFinished = async (redis: Redis, queues: readonly string[]): Promise<void> => {
  for (const deadline = Date.now() + 20_000; (await countUnfinished(redis, queues)) > 0; await sleep(20)) {
    if (Date.now() > deadline) throw new Error(`Jobs of ${queues.join(' and ')} are left over`);
  }
};
