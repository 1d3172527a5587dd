import type { ChildProcess } from 'node:child_process';
import type { PackageSearch } from '../debian/unpacked-packages.ts';
import { spawnTethered } from '../spawn-tethered.ts';

/** What each way to find a Redis is given. */
export type RedisSearch = PackageSearch;

export interface RedisLaunch {
  port: number;
  /** An absolute path that exists. */
  dataDir: string;
  /** Arguments of redis-server, without those for its address and its data folder. */
  settings: readonly string[];
  /** A file with more of them, which the server may write to. */
  configFile?: string;
}

export interface RedisProcess {
  /** Ends when the server has ended. SIGTERM stops the server cleanly. Its output is piped. */
  child: ChildProcess;
  /** The pid of the server; `undefined` in a container. */
  pid: number | undefined;
  signal(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): Promise<void>;
}

/** A way to run a Redis on this machine. */
export interface RedisSource {
  /** Tells people which server it is, and where it comes from. */
  name: string;
  launch(launch: RedisLaunch): RedisProcess;
}

/** A `redis-server` or `valkey-server` that runs on this system, with no environment but a PATH, a locale and `env`. */
export const redisProgram = (
  name: string,
  program: string,
  env: Record<string, string> = {},
): RedisSource => ({
  name,
  launch: ({ port, dataDir, settings, configFile }) => {
    const place = [
      ...['--port', String(port), '--bind', '127.0.0.1', '--protected-mode', 'yes'],
      ...['--dir', dataDir],
    ];
    const child = spawnTethered(program, [...(configFile ? [configFile] : []), ...place, ...settings], {
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
