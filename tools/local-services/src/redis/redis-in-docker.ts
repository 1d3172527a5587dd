import { createHash } from 'node:crypto';
import { programsOnPath, runCommand } from '../run-command.ts';
import { spawnTethered } from '../spawn-tethered.ts';
import type { RedisLaunch, RedisProcess, RedisSearch, RedisSource } from './redis-source.ts';

const image = 'redis:8.10.2-trixie';

const signals = { SIGKILL: 'kill', SIGSTOP: 'pause', SIGCONT: 'unpause' } as const;

/** Finds a Redis in a container. A Docker client without a running engine does not count. */
export const redisInDocker = async ({ env, report }: RedisSearch): Promise<RedisSource | undefined> => {
  const [docker] = await programsOnPath(['docker'], env);
  if (docker === undefined) return undefined;
  const run = (args: string[], timeoutMs: number) => runCommand(docker, args, { env, timeoutMs });
  try {
    await run(['version', '--format', '{{.Server.Version}}'], 3_000);
  } catch {
    return undefined;
  }
  try {
    const security = await run(['info', '--format', '{{.SecurityOptions}}'], 5_000);
    const hasImage = run(['image', 'inspect', image], 5_000);
    await hasImage.catch(async () => {
      report(`Redis: pulling ${image} with Docker (once)`);
      await run(['pull', '--quiet', image], 180_000);
    });
    return { name: `${image} in Docker`, launch: launchIn({ docker, env, user: userIn(security) }) };
  } catch (error) {
    report(`Redis: Docker cannot be used (${(error as Error).message})`);
    return undefined;
  }
};

/** The user who owns the data folder. A rootless engine maps that user, who runs it, to root in the container. */
const userIn = (security: string): string =>
  security.includes('rootless') ? '0:0' : `${process.getuid?.()}:${process.getgid?.()}`;

const launchIn =
  ({ docker, env, user }: { docker: string; env: RedisSearch['env']; user: string }) =>
  (launch: RedisLaunch): RedisProcess => {
    // One name per data folder, so that the engine itself refuses a second server on it.
    const name = `backend-jobs-redis-${createHash('sha256').update(launch.dataDir).digest('hex').slice(0, 12)}`;
    const output = { stdout: 'pipe', stderr: 'pipe' } as const;
    // A container of this name is a leftover of a client that was killed, since the caller has locked the folder.
    const script =
      'docker=$1; name=$2; shift 2; "$docker" rm --force "$name" >/dev/null 2>&1; exec "$docker" "$@"';
    const args = ['-c', script, 'sh', docker, name, ...runArguments({ ...launch, name, user })];
    return {
      child: spawnTethered('/bin/sh', args, { env, ...output }),
      pid: undefined,
      signal: async (signal) => {
        await runCommand(docker, [signals[signal], name], { env, timeoutMs: 10_000 });
      },
    };
  };

/**
 * In the container it listens on every address, or the published port would not reach it. It is published on
 * 127.0.0.1.
 */
const server = 'redis-server --port 6379 --bind 0.0.0.0 --protected-mode no --dir /data'.split(' ');

const runArguments = (options: RedisLaunch & { name: string; user: string }): string[] => [
  ...['run', '--rm', '--name', options.name, '--user', options.user],
  ...['--mount', `type=bind,source=${options.dataDir},target=/data`],
  ...['--publish', `127.0.0.1:${options.port}:6379`],
  ...[image, ...server, ...options.settings],
];
