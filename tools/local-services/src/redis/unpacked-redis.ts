import { join } from 'node:path';
import { libraryPath, shownPath, unpackedPackages } from '../debian/unpacked-packages.ts';
import { type RedisSearch, type RedisSource, redisProgram } from './redis-source.ts';
import { isRecentEnough, oldestVersion, redisVersion } from './redis-version.ts';

/** Finds the `redis-server` of Debian's or Ubuntu's package, unpacked under `cacheDir`. */
export const unpackedRedis = (search: RedisSearch): Promise<RedisSource | undefined> =>
  unpackedPackages(
    { what: 'Redis', packages: ['redis-server'], use: (root) => usableRedis(root, search) },
    search,
  );

const usableRedis = async (root: string, { env, report }: RedisSearch): Promise<RedisSource | undefined> => {
  const program = join(root, 'usr/bin/redis-server');
  const withLibraries = { LD_LIBRARY_PATH: await libraryPath(root) };
  const version = await redisVersion(program, { ...env, ...withLibraries });
  if (version === undefined) return undefined;
  if (isRecentEnough(version)) {
    return redisProgram(`${shownPath(program)} ${version}`, program, withLibraries);
  }
  report(`Redis: the system's package is ${version}, older than ${oldestVersion}`);
  return undefined;
};
