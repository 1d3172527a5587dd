import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasEnded } from './stop-process.ts';

export interface Readiness {
  /** The name of the program in error messages. */
  name: string;
  child: ChildProcess;
  /** Returns what the program has written so far, for an error message. Nothing by default. */
  output?: () => string;
  /** Called repeatedly until it returns true. An error that it throws ends the wait. */
  isReady: () => Promise<boolean>;
  withinMs: number;
}

/** @throws when the program ends before it is ready, or is not ready in time; the message contains its last output */
export const untilReady = async (readiness: Readiness): Promise<void> => {
  const { child, isReady, withinMs } = readiness;
  for (const deadline = Date.now() + withinMs; Date.now() < deadline; await sleep(20)) {
    if (hasEnded(child)) {
      await sleep(20); // its last output may still be in the pipe
      throw notReady(
        readiness,
        `ended (${child.signalCode ?? `code ${child.exitCode}`}) before it was ready`,
      );
    }
    if (await isReady()) return;
  }
  throw notReady(readiness, `was not ready after ${withinMs / 1000} s`);
};

const notReady = ({ name, output }: Readiness, what: string): Error => {
  const words = output?.();
  return new Error(words ? `${name} ${what}:\n${words}` : `${name} ${what}`);
};
