import { type ChildProcess, spawn } from 'node:child_process';
import type { Socket } from 'node:net';

type Output = 'ignore' | 'inherit' | 'pipe';

export interface TetheredOptions {
  /** The whole environment of the child; this process' own by default. */
  env?: Record<string, string | undefined>;
  cwd?: string;
  /** 'ignore' by default. */
  stdout?: Output;
  stderr?: Output;
}

/**
 * The watcher waits on the pipe's other end: end of file means that whoever held it is gone, a line that the program
 * has ended first. It lets go of the program's output, or that would stay open as long as the watcher. SIGCONT, since a
 * stopped program does not see its SIGTERM.
 */
const script = `
(read -r _ <&3 || { kill -TERM $$; kill -CONT $$; }) </dev/null >/dev/null 2>&1 &
exec 3<&-
exec "$@"
`;

/**
 * Starts a program that a terminal's Ctrl-C does not reach (it has a session of its own) and that gets SIGTERM when
 * this process dies, by whatever means, SIGKILL too. The child's pid, signals and exit code are the program's own; a
 * program that is not found ends with code 127. POSIX only.
 */
export const spawnTethered = (
  command: string,
  args: readonly string[],
  { env = process.env, cwd, stdout = 'ignore', stderr = 'ignore' }: TetheredOptions = {},
): ChildProcess => {
  const child = spawn('/bin/sh', ['-c', script, 'sh', command, ...args], {
    env,
    cwd,
    detached: true,
    stdio: ['ignore', stdout, stderr, 'pipe'],
  });
  const tether = child.stdio[3] as Socket | null | undefined;
  tether?.on('error', () => {}); // EPIPE: the watcher was ended, too
  tether?.resume();
  // The line goes first: after a mere end of file the watcher would signal whoever has got the pid by then.
  child.once('exit', () => tether?.end('\n'));
  return child;
};
