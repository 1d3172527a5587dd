import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { RedisServer } from './redis-server.ts';
import { startRedis } from './start-redis.ts';

const readyWithinMs = 30_000;

/** Starts a replica of the Redis at that port of 127.0.0.1, and waits until it has all that the master has. */
export const startReplica = async ({ port }: { port: number }): Promise<RedisServer> => {
  const replica = await startRedis();
  const admin = new Redis(replica.url);
  const deadlineMs = performance.now() + readyWithinMs;
  try {
    await admin.replicaof('127.0.0.1', port);
    while (!(await admin.info('replication')).includes('master_link_status:up')) {
      if (performance.now() > deadlineMs) throw new Error('The replica was not ready in time');
      await sleep(50);
    }
    return replica;
  } catch (error) {
    await replica.stop();
    throw error;
  } finally {
    admin.disconnect();
  }
};
