import { execFile } from 'node:child_process';
import { spawnTethered } from './spawn-tethered.ts';
import { stopProcess } from './stop-process.ts';
import { untilReady } from './until-ready.ts';

export interface RunningProgram {
  pid: number;
  /** Resolves when the process is gone, with its exit code, or the signal that ended it. */
  exited: Promise<number | string>;
  /** SIGTERM, and SIGKILL when that has not ended it after `graceMs`. */
  stop(graceMs?: number): Promise<void>;
}

export interface ProgramStart {
  /** Names it in an error. */
  name: string;
  /** The file that Node runs. */
  main: string;
  env: Record<string, string | undefined>;
  /** Asked again and again until it returns true. It does not throw. */
  isReady: () => Promise<boolean>;
  /**
   * Where its log goes: to this process' own output by default, or nowhere ('ignore'), since reading the log of a busy
   * program is work. Standard error is shown even then.
   */
  log?: ((chunk: string) => void) | 'ignore' | undefined;
}

/**
 * Runs `main` in a process of its own, with no environment but `env` (and what Node and a terminal go by), and waits
 * until it is ready.
 *
 * @throws when it ends first, or is not ready after 20 s; it is stopped then
 */
export const startProgram = async ({
  name,
  main,
  env,
  isReady,
  log,
}: ProgramStart): Promise<RunningProgram> => {
  const output = typeof log === 'function' ? 'pipe' : 'inherit';
  const child = spawnTethered(process.execPath, [main], {
    env: { ...inherited(), ...env },
    stdout: log === 'ignore' ? 'ignore' : output,
    stderr: output,
  });
  if (typeof log === 'function') {
    for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', log);
  }
  const running: RunningProgram = {
    pid: child.pid as number,
    exited: new Promise((resolve) => {
      child.once('exit', (code, signal) => resolve(signal ?? code ?? 0));
    }),
    stop: (graceMs = 10_000) => stopProcess(child, { graceMs }),
  };
  try {
    await untilReady({ name: `The ${name}`, child, isReady, withinMs: 20_000 });
  } catch (error) {
    await running.stop();
    throw error;
  }
  return running;
};

export interface ProgramEnd {
  /** The exit code; the signal's name when a signal ended it. */
  code: number | string;
  /** Standard output, then standard error. */
  output: string;
}

/** Runs `main` until it ends, with nothing but `env` in its environment; it is killed after a minute. */
export const runProgram = (
  main: string,
  env: Record<string, string>,
  args: string[] = [],
): Promise<ProgramEnd> =>
  new Promise((resolve) => {
    execFile(process.execPath, [main, ...args], { env, timeout: 60_000 }, (error, stdout, stderr) => {
      resolve({ code: error ? (error.code ?? error.signal ?? 1) : 0, output: stdout + stderr });
    });
  });

const inherited = () => {
  const { PATH, TERM, NODE_COMPILE_CACHE } = process.env;
  return { PATH, TERM, NODE_COMPILE_CACHE };
};
