import type { ChildProcess } from 'node:child_process';
import type { PackageSearch } from '../debian/unpacked-packages.ts';
import { spawnTethered } from '../spawn-tethered.ts';

/** What is known where a Redis is looked for. */
export type RedisSearch = PackageSearch;

export interface RedisLaunch {
  port: number;
  /** Absolute; exists. */
  dataDir: string;
  /** Arguments of redis-server, less those that say where it listens and where its data are. */
  settings: readonly string[];
}

export interface RedisProcess {
  /** Ends when the server has ended; SIGTERM stops the server cleanly. Its output is piped. */
  child: ChildProcess;
  /** The server's own pid, unless it runs where that means nothing here. */
  pid: number | undefined;
  signal(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): Promise<void>;
}

/** A way to run a Redis on this machine. */
export interface RedisSource {
  /** For people: which server, where from. */
  name: string;
  launch(launch: RedisLaunch): RedisProcess;
}

/** A `redis-server` (or Valkey's) that runs on this system. `env` is added to an environment that is otherwise bare. */
export const redisProgram = (
  name: string,
  program: string,
  env: Record<string, string> = {},
): RedisSource => ({
  name,
  launch: ({ port, dataDir, settings }) => {
    const place = [
      ...['--port', String(port), '--bind', '127.0.0.1', '--protected-mode', 'yes'],
      ...['--dir', dataDir],
    ];
    const child = spawnTethered(program, [...place, ...settings], {
      // A Redis refuses to start under a locale that the system does not have.
      env: { PATH: process.env.PATH, LC_ALL: 'C', ...env },
      stdout: 'pipe',
      stderr: 'pipe',
    });
    return {
      child,
      pid: child.pid,
      signal: async (signal) => {
        child.kill(signal);
      },
    };
  },
});
