import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, isPortFree } from '../free-port.ts';
import { outputTail } from '../output-tail.ts';
import { spawnTethered } from '../spawn-tethered.ts';
import { stopProcess, untilEnded } from '../stop-process.ts';
import { untilReady } from '../until-ready.ts';
import type { PgbouncerProgram } from './find-pgbouncer.ts';

export interface PgbouncerOptions {
  /** From `findPgbouncer`. */
  program: PgbouncerProgram;
  /** Of the PostgreSQL behind it, on this machine. */
  databaseUrl: string;
  /** Whether it keeps prepared statements. By default it does if it can. */
  keepsStatements?: boolean;
}

export interface Pgbouncer {
  /** Leads to the same database as the same user. */
  url: string;
  /** Ends it with SIGKILL. */
  kill(): Promise<void>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts a pgbouncer of the caller's own in transaction mode, on a port of its own. Anybody on this machine may log in. It
 * ends with this process.
 *
 * @throws an error with its output when it does not start
 */
export const startPgbouncer = async ({
  program,
  databaseUrl,
  keepsStatements = program.canKeepStatements,
}: PgbouncerOptions): Promise<Pgbouncer> => {
  const folder = await mkdtemp(join(tmpdir(), 'backend-jobs-pgbouncer-'));
  const file = join(folder, 'pgbouncer.ini');
  const port = await freePort();
  const url = new URL(databaseUrl);
  const statements = program.canKeepStatements
    ? `max_prepared_statements = ${keepsStatements ? 100 : 0}`
    : '';
  await writeFile(file, configuration({ port, server: url, more: statements }));
  await program.user.give(folder);
  let child: ChildProcess | undefined;

  const restart = async () => {
    const [command = '', ...args] = [...program.user.prefix, program.path, file];
    const started = spawnTethered(command, args, { env: program.env, stdout: 'pipe', stderr: 'pipe' });
    child = started;
    await untilReady({
      name: 'pgbouncer',
      child: started,
      output: outputTail(started),
      isReady: async () => !(await isPortFree(port)),
      withinMs: 20_000,
    });
  };
  const stop = async () => {
    if (child) await stopProcess(child, { graceMs: 5_000, signal: 'SIGTERM' });
    await rm(folder, { recursive: true, force: true, maxRetries: 10 });
  };
  try {
    await restart();
  } catch (error) {
    await stop();
    throw error;
  }
  url.port = String(port);
  return {
    url: url.href,
    kill: async () => {
      if (!child) return;
      child.kill('SIGKILL');
      await untilEnded(child);
    },
    restart,
    stop,
  };
};

/** `server_login_retry`: it would try a PostgreSQL that was away again after 15 s. */
const configuration = ({ port, server, more }: { port: number; server: URL; more: string }): string => `
[databases]
* = host=127.0.0.1 port=${server.port} user=${server.username}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 4
server_login_retry = 1
${more}
`;
