import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { startTestRedis } from './start-test-redis.ts';

export interface TestRedis {
  /** Leads to the server itself: for tests that look into it by hand. */
  url: string;
  /** `REDIS_URL` for the service. */
  serviceUrl: string;
  /** A hash tag, in braces. Only the caller has keys that start with it. `stop()` removes them. */
  prefix: string;
  stop(): Promise<void>;
}

/** For tests that need any Redis: uses the one that REDIS_URL names, or else starts one. */
export const openTestRedis = async (
  env: Record<string, string | undefined> = process.env,
): Promise<TestRedis> => {
  const prefix = `{test-${randomUUID()}}`;
  const url = env.REDIS_URL;
  if (url) return { url, serviceUrl: url, prefix, stop: () => removeKeys(url, prefix) };
  const redis = await startTestRedis({ env });
  return { url: redis.url, serviceUrl: redis.serviceUrl, prefix, stop: () => redis.stop() };
};

const removeKeys = async (url: string, prefix: string): Promise<void> => {
  const redis = new Redis(url);
  try {
    for await (const keys of redis.scanStream({ match: `${prefix}*`, count: 500 })) {
      if (keys.length > 0) await redis.unlink(...keys);
    }
  } finally {
    redis.disconnect();
  }
};
