import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../free-port.ts';
import { postgresFolder } from './find-postgres.ts';
import { makeCluster } from './make-cluster.ts';
import type { PostgresPrograms } from './postgres-programs.ts';
import { PostgresServer } from './postgres-server.ts';

export interface PostgresOptions {
  /** From `findPostgres`. */
  programs: PostgresPrograms;
  /** Settings of postgresql.conf, beside those that keep it private and small. */
  settings?: Record<string, string>;
  cacheDir?: string;
}

/**
 * Starts a PostgreSQL that only this machine can reach, with a new, empty cluster in a temporary folder. It ends when
 * this process ends, in whatever way. Anybody on this machine may log in.
 *
 * @throws an error with the server's last output when it does not start
 */
export const startPostgres = async ({
  programs,
  settings = {},
  cacheDir = postgresFolder,
}: PostgresOptions): Promise<PostgresServer> => {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'backend-jobs-postgres-')));
  await programs.user.give(folder);
  const dataDir = join(folder, 'data');
  const remove = () => rm(folder, { recursive: true, force: true, maxRetries: 10 });
  try {
    await makeCluster(programs, { dataDir, cacheDir });
    const server = new PostgresServer({
      programs,
      port: await freePort(),
      dataDir,
      settings: { ...small, ...settings },
      onStopped: remove,
    });
    await server.restart();
    return server;
  } catch (error) {
    await remove();
    throw error;
  }
};

/**
 * No disk is waited for: what a process has written survives its death, and a power cut of this machine ends the tests.
 * `jit` needs LLVM, which an unpacked server lacks.
 */
const small: Record<string, string> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  shared_buffers: '32MB',
  fsync: 'off',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
};
