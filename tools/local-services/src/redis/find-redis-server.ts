import { fileURLToPath } from 'node:url';
import { namedRedis } from './named-redis.ts';
import { redisInDocker } from './redis-in-docker.ts';
import { redisOnPath } from './redis-on-path.ts';
import type { RedisSearch, RedisSource } from './redis-source.ts';
import { unpackedRedis } from './unpacked-redis.ts';

/** Thrown when no Redis can be started here. The message says what a person can do. */
export class RedisNotFoundError extends Error {
  override name = 'RedisNotFoundError';
  override message = `No Redis was found, and none could be installed. Do one of these:
  macOS            brew install redis
  Debian, Ubuntu   sudo apt-get install redis-server
  Docker           start the Docker engine
  anywhere         set REDIS_URL to a running Redis (6.2 or newer)`;
}

/** By default `env` is the environment of this process, and `cacheDir` is `.data/redis-server` in this repository. */
export type FindOptions = Partial<RedisSearch>;

const defaultCacheDir = fileURLToPath(new URL('../../../../.data/redis-server', import.meta.url));

/**
 * Returns the server that `REDIS_SERVER` names, or else the first of these that works: a server on the PATH, a container
 * in Docker, or the system's package, unpacked into `cacheDir`. The result can be used for many starts.
 *
 * @throws {RedisNotFoundError}
 */
export const findRedisServer = async ({
  env = process.env,
  cacheDir = defaultCacheDir,
  report = () => {},
}: FindOptions = {}): Promise<RedisSource> => {
  const search: RedisSearch = { env, cacheDir, report };
  for (const look of [namedRedis, redisOnPath, redisInDocker, unpackedRedis]) {
    const source = await look(search);
    if (!source) continue;
    report(`Redis: ${source.name}`);
    return source;
  }
  throw new RedisNotFoundError();
};
