import { startTestRedis } from '@backend-jobs/local-services';
import { openWorld, type World } from './world.ts';

export const inShards = { SHARDS: '16', HASH_SECRET: 'for-tests', RATE_LIMIT_PER_DOMAIN: 'off' };

/** A world in 16 shards on one Redis. */
export const openShardedWorld = async (
  onTestFinished: (stop: () => Promise<void>) => void,
  env: Record<string, string> = {},
): Promise<World> => {
  const opened = new AsyncDisposableStack();
  onTestFinished(() => opened.disposeAsync());
  const redis = await startTestRedis();
  opened.defer(() => redis.stop());
  return openWorld(opened, redis, { ...inShards, ...env });
};
