import { programsOnPath, runCommand } from '../run-command.ts';
import { redisOnPath } from './redis-on-path.ts';
import type { RedisSearch, RedisSource } from './redis-source.ts';
import { isRecentEnough } from './redis-version.ts';

/** Installs Debian's or Ubuntu's package on the system: only for root, and only where it is recent enough. */
export const redisByApt = async (search: RedisSearch): Promise<RedisSource | undefined> => {
  const env = { ...search.env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' };
  if (process.getuid?.() !== 0 || (await programsOnPath(['apt-get'], env)).length === 0) return undefined;
  const run = (command: string, ...args: string[]) => runCommand(command, args, { env, timeoutMs: 180_000 });
  try {
    await run('apt-get', 'update');
    const policy = await run('apt-cache', 'policy', 'redis-server');
    const version = /Candidate: (?:\d+:)?(\d+\.\d+)/.exec(policy)?.[1];
    if (version === undefined || !isRecentEnough(version)) return undefined;
    search.report('Redis: installing the package redis-server with apt-get (once)');
    await run('apt-get', 'install', '--yes', '--no-install-recommends', 'redis-server');
    return await redisOnPath(search);
  } catch (error) {
    search.report(`Redis: it could not be installed (${(error as Error).message})`);
    return undefined;
  }
};
