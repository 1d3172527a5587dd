import { setTimeout as sleep } from 'node:timers/promises';
import { spawnTethered } from './spawn-tethered.ts';
import { stopProcess } from './stop-process.ts';

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
  /** Asked again and again until it answers yes. It does not throw. */
  isReady: () => Promise<boolean>;
  /** Where its log goes; to this process' own output by default. */
  log?: ((chunk: string) => void) | undefined;
  /** Whether what it writes to its standard output goes nowhere: who reads a busy program's log has work with it. */
  isStdoutIgnored?: boolean;
}

const readyWithinMs = 20_000;

/**
 * Runs `main` in a process of its own, with no environment but `env` (and what Node and a terminal go by), and waits
 * until it is ready.
 *
 * @throws when it ends first, or is not ready after 20 s; it is stopped then
 */
export const startProgram = async (start: ProgramStart): Promise<RunningProgram> => {
  const { main, env, log, isStdoutIgnored = false } = start;
  const output = log ? 'pipe' : 'inherit';
  const child = spawnTethered(process.execPath, [main], {
    env: { ...inherited(), ...env },
    stdout: isStdoutIgnored ? 'ignore' : output,
    stderr: output,
  });
  if (log) {
    for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', log);
  }
  const exited = new Promise<number | string>((resolve) => {
    child.once('exit', (code, signal) => resolve(signal ?? code ?? 0));
  });
  const running: RunningProgram = {
    pid: child.pid as number,
    exited,
    stop: async (graceMs = 10_000) => stopProcess(child, { graceMs }),
  };
  try {
    await untilReady(start, exited);
  } catch (error) {
    await running.stop();
    throw error;
  }
  return running;
};

const inherited = () => {
  const { PATH, TERM, NODE_COMPILE_CACHE } = process.env;
  return { PATH, TERM, NODE_COMPILE_CACHE };
};

const untilReady = async (
  { name, isReady }: ProgramStart,
  exited: Promise<number | string>,
): Promise<void> => {
  let ended: number | string | undefined;
  void exited.then((how) => {
    ended = how;
  });
  for (const deadline = Date.now() + readyWithinMs; Date.now() < deadline; await sleep(50)) {
    if (ended !== undefined) throw new Error(`The ${name} ended before it was ready (${ended})`);
    if (await isReady()) return;
  }
  throw new Error(`The ${name} was not ready after ${readyWithinMs / 1000} s`);
};
