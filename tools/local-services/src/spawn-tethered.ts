import { type ChildProcess, spawn } from 'node:child_process';
import type { Socket } from 'node:net';

type Output = 'ignore' | 'inherit' | 'pipe';

export interface TetheredOptions {
  /** The complete environment of the child; by default that of this process. */
  env?: Record<string, string | undefined>;
  cwd?: string;
  /** 'ignore' by default. */
  stdout?: Output;
  stderr?: Output;
  /** What the program gets when this process ends; SIGTERM by default. */
  endSignal?: 'TERM' | 'INT';
}

/**
 * A watcher reads from the pipe. An end of file means that the parent has ended; a line means that the
 * program has ended first. The watcher closes its copy of the program's output, which would otherwise stay
 * open as long as the watcher. It also sends SIGCONT, because a suspended program does not get its signal.
 */
const script = `
signal=$1
shift
(read -r _ <&3 || { kill -"$signal" $$; kill -CONT $$; }) </dev/null >/dev/null 2>&1 &
exec 3<&-
exec "$@"
`;

/**
 * Starts a program that gets `endSignal` when this process ends, even by SIGKILL. Ctrl-C in a terminal does not
 * reach it, because it has its own session. The pid, the signals and the exit code of the child are those of
 * the program. A program that is not found ends with code 127. POSIX only.
 */
export const spawnTethered = (
  command: string,
  args: readonly string[],
  { env = process.env, cwd, stdout = 'ignore', stderr = 'ignore', endSignal = 'TERM' }: TetheredOptions = {},
): ChildProcess => {
  const child = spawn('/bin/sh', ['-c', script, 'sh', endSignal, command, ...args], {
    env,
    cwd,
    detached: true,
    stdio: ['ignore', stdout, stderr, 'pipe'],
  });
  const tether = child.stdio[3] as Socket | null | undefined;
  tether?.on('error', () => {}); // EPIPE: the watcher has ended too
  tether?.resume();
  // The line comes before the end of file. Else the watcher would signal a process that has got the same pid since.
  child.once('exit', () => tether?.end('\n'));
  return child;
};
