import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

type Environment = Record<string, string | undefined>;

export interface CommandOptions {
  /** The command is searched on its PATH. */
  env: Environment;
  cwd?: string;
  timeoutMs: number;
}

/**
 * Runs a command to its end, and returns its standard output.
 *
 * @throws when it does not exist, fails or takes too long
 */
export const runCommand = (
  command: string,
  args: readonly string[],
  options: CommandOptions,
): Promise<string> => {
  const { env, cwd, timeoutMs: timeout } = options;
  return new Promise((resolve, reject) => {
    const settings = { env, cwd, timeout, killSignal: 'SIGKILL' as const, maxBuffer: 16 * 1024 * 1024 };
    execFile(command, args, settings, (error, stdout, stderr) => {
      if (!error) return resolve(stdout);
      const why = error.killed
        ? `not finished after ${timeout / 1000} s`
        : (lastLine(stderr) ?? lastLine(error.message));
      reject(
        new Error(`${command} ${args.find((arg) => /^[a-z]/.test(arg)) ?? ''}: ${why}`, { cause: error }),
      );
    });
  });
};

const lastLine = (text: string): string | undefined => text.trim().split('\n').at(-1) || undefined;

/** Returns the paths of the programs of these names on the PATH of `env`, in the order of the PATH. */
export const programsOnPath = async (names: readonly string[], env: Environment): Promise<string[]> => {
  const folders = (env.PATH ?? '').split(delimiter).filter(Boolean);
  const candidates = folders.flatMap((folder) => names.map((name) => join(folder, name)));
  const executable = await Promise.all(candidates.map(isExecutable));
  return candidates.filter((_, index) => executable[index]);
};

const isExecutable = (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
