import { freePort } from '../free-port.ts';
import { openDataFolder } from './data-folder.ts';
import { postgresFolder } from './find-postgres.ts';
import type { PostgresPrograms } from './postgres-programs.ts';
import { PostgresServer } from './postgres-server.ts';

export interface PostgresOptions {
  /** From `findPostgres`. */
  programs: PostgresPrograms;
  /** Its data are kept in there. By default they are in a temporary folder, which `stop()` removes. */
  folder?: string;
  /** Settings of postgresql.conf, beside those that keep it private and small. */
  settings?: Record<string, string>;
  cacheDir?: string;
}

/**
 * Starts a PostgreSQL that only this machine can reach, with a cluster of its own. It ends when this process ends, in
 * whatever way. Anybody on this machine may log in.
 *
 * @throws {FolderInUseError} when another process runs a PostgreSQL in the same folder
 * @throws {OtherVersionError} when the folder has the data of another version
 * @throws an error with the server's last output when it does not start
 */
export const startPostgres = async ({
  programs,
  folder,
  settings = {},
  cacheDir = postgresFolder,
}: PostgresOptions): Promise<PostgresServer> => {
  const { dataDir, addServer, free } = await openDataFolder(programs, { folder, cacheDir });
  try {
    const server = new PostgresServer({
      programs,
      port: await freePort(),
      dataDir,
      settings: { ...small, ...(folder === undefined && { fsync: 'off' }), ...settings },
      onStarted: addServer,
      onStopped: free,
    });
    await server.restart();
    return server;
  } catch (error) {
    await free();
    throw error;
  }
};

/** `jit` needs LLVM, which an unpacked server lacks. */
const small: Record<string, string> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  shared_buffers: '32MB',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
};
