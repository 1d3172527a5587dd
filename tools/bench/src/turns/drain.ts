import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningProgram } from '@backend-jobs/local-services';
import type { Sink } from '../sink/start-sink.ts';

export interface Drain {
  workers: readonly RunningProgram[];
  sink: Sink;
  signUps: number;
  /** Signs up so many. */
  fill: () => Promise<unknown>;
}

/**
 * Has sign-ups wait for workers that run but are stopped in their tracks, lets these go on, and answers how many a second
 * they mailed, until the last one.
 *
 * All the work lies in that time, and nothing else. To count the messages of some seconds would not do: a worker makes
 * users faster than it mails them, so while many wait, much of what it does shows in no message yet.
 *
 * @throws when not every sign-up is mailed exactly once
 */
export const drain = async ({ workers, sink, signUps, fill }: Drain): Promise<number> => {
  const signalAll = (signal: 'SIGSTOP' | 'SIGCONT') => {
    for (const { pid } of workers) process.kill(pid, signal);
  };
  const before = await sink.count();
  signalAll('SIGSTOP');
  try {
    await fill();
    await sleep(300); // those who signed up are at rest again
  } finally {
    signalAll('SIGCONT');
  }
  const startedAtMs = nowMs();
  const total = before + signUps;
  await sink.untilTaken(total);
  const [lastAtMs] = await sink.takenAtMs(total);
  return (signUps * 1_000) / (lastAtMs - startedAtMs);
};

/** The clock that the sink goes by. */
export const nowMs = (): number => Number(process.hrtime.bigint()) / 1e6;
