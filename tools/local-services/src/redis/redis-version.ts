import { runCommand } from '../run-command.ts';

const oldest = { major: 6, minor: 2 };

/** Returns the version that `redis-server --version` prints, such as `7.0.15`; `undefined` when it does not run. */
export const redisVersion = async (
  program: string,
  env: Record<string, string | undefined>,
): Promise<string | undefined> => {
  const output = await runCommand(program, ['--version'], { env, timeoutMs: 5_000 }).catch(() => '');
  return /\bv=(\d+\.\d+[\w.-]*)/.exec(output)?.[1];
};

/** BullMQ needs commands of Redis 6.2. */
export const isRecentEnough = (version: string): boolean => {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > oldest.major || (major === oldest.major && minor >= oldest.minor);
};

export const oldestVersion = `${oldest.major}.${oldest.minor}`;
