import { execFile } from 'node:child_process';
import { spawnTethered } from './spawn-tethered.ts';
import { stopProcess } from './stop-process.ts';
import { untilReady } from './until-ready.ts';

export interface RunningProgram {
  pid: number;
  /** Resolves when the process has ended, with its exit code or the signal that ended it. */
  exited: Promise<number | string>;
  /** Sends SIGTERM, and SIGKILL if the process has not ended after `graceMs`. */
  stop(graceMs?: number): Promise<void>;
}

export interface ProgramStart {
  /** The name in error messages. */
  name: string;
  /** The file for Node to run. */
  main: string;
  env: Record<string, string | undefined>;
  /** Called repeatedly until it returns true. It must not throw. */
  isReady: () => Promise<boolean>;
  /**
   * Receives its log. By default the log goes to the output of this process. With 'on-failure' it is shown, its last
   * part, only in the error of a start that fails. With 'ignore' it goes nowhere, because reading the log of a busy
   * program takes time; standard error is still shown.
   */
  log?: ((chunk: string) => void) | 'on-failure' | 'ignore' | undefined;
}

/**
 * Runs `main` in its own process, and waits until it is ready. Its environment is `env`, and the few
 * variables that Node and a terminal need.
 *
 * @throws when it ends before that, or is not ready after 40 s; then it is stopped
 */
export const startProgram = async ({
  name,
  main,
  env,
  isReady,
  log,
}: ProgramStart): Promise<RunningProgram> => {
  let lastOutput = '';
  const keep = (chunk: string) => {
    lastOutput = (lastOutput + chunk).slice(-4_000);
  };
  const read = log === 'on-failure' ? keep : log;
  const output = typeof read === 'function' ? 'pipe' : 'inherit';
  const child = spawnTethered(process.execPath, [main], {
    env: { ...inherited(), ...env },
    stdout: read === 'ignore' ? 'ignore' : output,
    stderr: output,
  });
  if (typeof read === 'function') {
    for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', read);
  }
  const running: RunningProgram = {
    pid: child.pid as number,
    exited: new Promise((resolve) => {
      child.once('exit', (code, signal) => resolve(signal ?? code ?? 0));
    }),
    stop: (graceMs = 10_000) => stopProcess(child, { graceMs }),
  };
  try {
    await untilReady({ name: `The ${name}`, child, output: () => lastOutput, isReady, withinMs: 40_000 });
  } catch (error) {
    await running.stop();
    throw error;
  }
  return running;
};

export interface ProgramEnd {
  /** The exit code, or the name of the signal that ended it. */
  code: number | string;
  /** Standard output, followed by standard error. */
  output: string;
}

/** Runs `main` to its end, with only `env` as its environment. It is killed after a minute. */
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
