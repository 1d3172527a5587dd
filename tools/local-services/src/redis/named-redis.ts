import { type RedisSearch, type RedisSource, redisProgram } from './redis-source.ts';
import { isRecentEnough, oldestVersion, redisVersion } from './redis-version.ts';

/**
 * The `redis-server` or `valkey-server` whose path is in `REDIS_SERVER`.
 *
 * @throws where it can't be used, since another one would not be what was asked for
 */
export const namedRedis = async ({ env }: RedisSearch): Promise<RedisSource | undefined> => {
  const program = env.REDIS_SERVER;
  if (!program) return undefined;
  const version = await redisVersion(program, env);
  if (version === undefined || !isRecentEnough(version))
    throw new Error(`REDIS_SERVER: ${program} is no Redis or Valkey of ${oldestVersion} or newer`);
  return redisProgram(`${program} ${version}`, program);
};
