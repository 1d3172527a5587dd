import { fileURLToPath } from 'node:url';
import { redisInDocker } from './redis-in-docker.ts';
import { redisOnPath } from './redis-on-path.ts';
import type { RedisSearch, RedisSource } from './redis-source.ts';
import { unpackedRedis } from './unpacked-redis.ts';

/** There is no way to a Redis here; the message names those that a person can open. */
export class RedisNotFoundError extends Error {
  override name = 'RedisNotFoundError';
  override message = `No Redis was found, and none could be had. One of these helps:
  macOS            brew install redis
  Debian, Ubuntu   sudo apt-get install redis-server
  Docker           start Docker: its engine does not answer
  anywhere         set REDIS_URL to a Redis that runs (6.2 or newer)`;
}

/** `env` is this process' by default, `cacheDir` is `.data/redis-server` in this repository. */
export type FindOptions = Partial<RedisSearch>;

const defaultCacheDir = fileURLToPath(new URL('../../../../.data/redis-server', import.meta.url));

/**
 * The first of these that works: a server on the PATH, a Docker engine, or the system's package, unpacked into `cacheDir`.
 * The result stays good for many starts.
 *
 * @throws {RedisNotFoundError}
 */
export const findRedisServer = async ({
  env = process.env,
  cacheDir = defaultCacheDir,
  report = () => {},
}: FindOptions = {}): Promise<RedisSource> => {
  const search: RedisSearch = { env, cacheDir, report };
  for (const look of [redisOnPath, redisInDocker, unpackedRedis]) {
    const source = await look(search);
    if (!source) continue;
    report(`Redis: ${source.name}`);
    return source;
  }
  throw new RedisNotFoundError();
};
