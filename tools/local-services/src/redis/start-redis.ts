import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../free-port.ts';
import { type FindOptions, findRedisServer } from './find-redis-server.ts';
import { lockFolder } from './lock-folder.ts';
import { RedisServer } from './redis-server.ts';
import type { RedisSource } from './redis-source.ts';

export interface RedisOptions extends FindOptions {
  /** Where it comes from; found by `findRedisServer` by default. */
  source?: RedisSource;
  /** Made if it is not there. A temporary one by default, which is removed at `stop()`. */
  dataDir?: string;
  /** A free one by default. */
  port?: number;
  /** With 'everysec' a killed Redis may lose the last two seconds, with 'always' nothing. */
  appendfsync?: 'everysec' | 'always';
  extraArgs?: readonly string[];
}

/**
 * Starts a Redis that only this machine can reach, that keeps what it is told (AOF) and never evicts. It ends with this
 * process, however that ends.
 *
 * @throws {FolderInUseError} when another process runs one on the same `dataDir`
 * @throws {RedisNotFoundError} when there is no Redis here and none can be had
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
    onStopped: free,
  });
  try {
    await redis.restart();
  } catch (error) {
    await redis.stop();
    throw error;
  }
  return redis;
};

/** No snapshots: the AOF has it all. */
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
