import { programsOnPath } from '../run-command.ts';
import { type RedisSearch, type RedisSource, redisProgram } from './redis-source.ts';
import { isRecentEnough, oldestVersion, redisVersion } from './redis-version.ts';

/** Finds the first `redis-server` or `valkey-server` on the PATH that is recent enough. */
export const redisOnPath = async ({ env, report }: RedisSearch): Promise<RedisSource | undefined> => {
  for (const program of await programsOnPath(['redis-server', 'valkey-server'], env)) {
    const version = await redisVersion(program, env);
    if (version === undefined) continue;
    if (isRecentEnough(version)) return redisProgram(`${program} ${version}`, program);
    report(`Redis: ignoring ${program} ${version}, which is older than ${oldestVersion}`);
  }
  return undefined;
};
