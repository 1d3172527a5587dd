import type { ChildProcess } from 'node:child_process';

/** Whether the process is gone, or was never started. */
export const hasEnded = ({ pid, exitCode, signalCode }: ChildProcess): boolean =>
  pid === undefined || exitCode !== null || signalCode !== null;

/** Resolves when the process is gone; at once when it is gone already. */
export const untilEnded = async (child: ChildProcess): Promise<void> => {
  if (hasEnded(child)) return;
  await new Promise((resolve) => child.once('exit', resolve));
};

/**
 * SIGTERM, then `kill` (SIGKILL by default) when that has not ended it after `graceMs`. Resolves when the process is
 * gone; at once when it is gone already.
 */
export const stopProcess = async (
  child: ChildProcess,
  { graceMs, kill = () => child.kill('SIGKILL') }: { graceMs: number; kill?: () => unknown },
): Promise<void> => {
  if (hasEnded(child)) return;
  child.kill('SIGTERM');
  const timer = setTimeout(kill, graceMs);
  await untilEnded(child);
  clearTimeout(timer);
};
