import { startRedis } from '../../src/redis/start-redis.ts';

/** Starts a Redis on the folder that its argument names, prints its URL, and stays. */
const redis = await startRedis({ dataDir: process.argv[2] as string });
process.stdout.write(`${redis.url}\n`);
