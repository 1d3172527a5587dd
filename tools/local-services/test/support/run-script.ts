import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { stopProcess } from '../../src/stop-process.ts';

export interface RunningScript extends AsyncDisposable {
  child: ChildProcess;
  /** The first output of the script. */
  firstLine: string;
}

/** Starts a script, and waits until it has printed something. */
export const runScript = async (script: URL, ...args: string[]): Promise<RunningScript> => {
  const child = spawn(process.execPath, [fileURLToPath(script), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [printed] = await once(child.stdout.setEncoding('utf8'), 'data');
  return {
    child,
    firstLine: String(printed).trim(),
    [Symbol.asyncDispose]: () => stopProcess(child, { graceMs: 2_000 }),
  };
};
