import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasEnded } from './stop-process.ts';

export interface Readiness {
  /** Names the program in an error. */
  name: string;
  child: ChildProcess;
  output: () => string;
  /** Asked again and again; what it throws ends the wait. */
  isReady: () => Promise<boolean>;
  withinMs: number;
}

/** @throws with the program's last output when it ends first, or is not ready in time */
export const untilReady = async ({ name, child, output, isReady, withinMs }: Readiness): Promise<void> => {
  for (const deadline = Date.now() + withinMs; Date.now() < deadline; await sleep(10)) {
    if (hasEnded(child)) {
      const how = child.signalCode ?? `code ${child.exitCode}`;
      await sleep(20); // its last words may still be in the pipe
      throw new Error(`${name} ended (${how}) before it was ready:\n${output()}`);
    }
    if (await isReady()) return;
  }
  throw new Error(`${name} was not ready after ${withinMs / 1000} s:\n${output()}`);
};
