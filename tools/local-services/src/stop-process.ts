import type { ChildProcess } from 'node:child_process';

/** Returns whether the process has ended, or was never started. */
export const hasEnded = ({ pid, exitCode, signalCode }: ChildProcess): boolean =>
  pid === undefined || exitCode !== null || signalCode !== null;

/** Resolves when the process has ended. */
export const untilEnded = async (child: ChildProcess): Promise<void> => {
  if (hasEnded(child)) return;
  await new Promise((resolve) => child.once('exit', resolve));
};

/**
 * Sends `signal`, SIGTERM by default, and calls `kill` (which sends SIGKILL by default) if the process has not ended after
 * `graceMs`. Resolves when the process has ended.
 */
export const stopProcess = async (
  child: ChildProcess,
  {
    graceMs,
    signal = 'SIGTERM',
    kill = () => child.kill('SIGKILL'),
  }: { graceMs: number; signal?: 'SIGTERM' | 'SIGINT'; kill?: () => unknown },
): Promise<void> => {
  if (hasEnded(child)) return;
  child.kill(signal);
  const timer = setTimeout(kill, graceMs);
  await untilEnded(child);
  clearTimeout(timer);
};
