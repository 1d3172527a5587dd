import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { spawnTethered, stopProcess } from '@backend-jobs/local-services';

export interface RunningApp {
  pid: number;
  /** Resolves when the process is gone, with its exit code, or the signal that ended it. */
  exited: Promise<number | string>;
  /** SIGTERM, and SIGKILL when that has not ended it after `graceMs`. */
  stop(graceMs?: number): Promise<void>;
}

export interface AppStart {
  app: 'api' | 'worker';
  env: Record<string, string | undefined>;
  /** Answers 200 once it is ready. */
  readyUrl: string;
  /** Where its log goes; to this process' own output by default. */
  log?: (chunk: string) => void;
}

const readyWithinMs = 20_000;

/**
 * Starts an app of this repository in a process of its own, with no environment but `env` (and what Node and a terminal
 * go by), and waits until it is ready.
 *
 * @throws when it ends first, or is not ready after 20 s; it is stopped then
 */
export const startApp = async ({ app, env, readyUrl, log }: AppStart): Promise<RunningApp> => {
  const main = fileURLToPath(new URL(`../../${app}/src/main.ts`, import.meta.url));
  const output = log ? 'pipe' : 'inherit';
  const child = spawnTethered(process.execPath, [main], {
    env: { ...inherited(), ...env },
    stdout: output,
    stderr: output,
  });
  if (log) {
    for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', log);
  }
  const exited = new Promise<number | string>((resolve) => {
    child.once('exit', (code, signal) => resolve(signal ?? code ?? 0));
  });
  const running: RunningApp = {
    pid: child.pid as number,
    exited,
    stop: async (graceMs = 10_000) => stopProcess(child, { graceMs }),
  };
  try {
    await untilReady(app, readyUrl, exited);
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

const untilReady = async (app: string, readyUrl: string, exited: Promise<number | string>): Promise<void> => {
  let ended: number | string | undefined;
  void exited.then((how) => {
    ended = how;
  });
  for (const deadline = Date.now() + readyWithinMs; Date.now() < deadline; await sleep(50)) {
    if (ended !== undefined) throw new Error(`The ${app} ended before it was ready (${ended})`);
    const ready = await fetch(readyUrl).catch(() => undefined);
    if (ready?.ok) return;
  }
  throw new Error(`The ${app} was not ready after ${readyWithinMs / 1000} s`);
};
