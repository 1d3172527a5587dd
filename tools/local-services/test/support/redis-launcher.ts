import { startRedis } from '../../src/redis/start-redis.ts';

/** Starts a Redis on the folder in its argument, prints the URL, and keeps running. */
const redis = await startRedis({ dataDir: process.argv[2] as string });
process.stdout.write(`${redis.url}\n`);
