import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../free-port.ts';
import { lockFolder } from '../lock-folder.ts';
import { type FindOptions, findRedisServer } from './find-redis-server.ts';
import { RedisServer } from './redis-server.ts';
import type { RedisSource } from './redis-source.ts';

export interface RedisOptions extends FindOptions {
  /** By default `findRedisServer` finds one. */
  source?: RedisSource;
  /** Is created if it does not exist. By default it is a temporary folder, which `stop()` removes. */
  dataDir?: string;
  /** A free one by default. */
  port?: number;
  /** A killed Redis may lose the last two seconds with 'everysec', and nothing with 'always'. */
  appendfsync?: 'everysec' | 'always';
  extraArgs?: readonly string[];
  /** Ends what belongs to the server, once `stop()` has stopped it. */
  onStopped?: () => Promise<void>;
}

/**
 * Starts a Redis that only this machine can reach. It writes all data to an append-only file, and evicts
 * nothing. It ends when this process ends, in whatever way.
 *
 * @throws {FolderInUseError} when another process runs a Redis on the same `dataDir`
 * @throws {RedisNotFoundError} when no Redis can be started here
 * @throws an error with the server's last output when it does not start
 */
export const startRedis = async (options: RedisOptions = {}): Promise<RedisServer> => {
  const { appendfsync = 'everysec', extraArgs = [], report = () => {} } = options;
  const source = options.source ?? (await findRedisServer(options));
  const port = options.port ?? (await freePort());
  const { dataDir, addServer, free } = await openFolder(options.dataDir);
  const redis = new RedisServer({
    source,
    port,
    dataDir,
    report,
    settings: [...keepEverything, '--appendfsync', appendfsync, ...extraArgs],
    onStarted: addServer,
    onStopped: async () => {
      await free();
      await options.onStopped?.();
    },
  });
  try {
    await redis.restart();
  } catch (error) {
    await redis.stop();
    throw error;
  }
  return redis;
};

/** Without snapshots, since the append-only file has all data. */
const keepEverything = ['--appendonly', 'yes', '--save', '', '--maxmemory-policy', 'noeviction'];

const openFolder = async (wanted: string | undefined) => {
  if (wanted !== undefined) await mkdir(wanted, { recursive: true, mode: 0o700 });
  const dataDir = await realpath(wanted ?? (await mkdtemp(join(tmpdir(), 'backend-jobs-redis-'))));
  const lock = await lockFolder(dataDir);
  const free = async () => {
    await lock.release();
    if (wanted === undefined) await rm(dataDir, { recursive: true, force: true });
  };
  return { dataDir, addServer: lock.addServer, free };
};
