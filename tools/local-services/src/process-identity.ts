import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';

/** Tells a process from a later one that got the same pid. */
export interface ProcessIdentity {
  pid: number;
  /** When it started, in the system's own terms. */
  started: string;
}

/** `undefined` when there is no such process. One that has ended but was not reaped counts as gone. */
export const identifyProcess = async (pid: number): Promise<ProcessIdentity | undefined> => {
  const [state, started] = await (process.platform === 'linux' ? readStat(pid) : askPs(pid));
  return state === undefined || started === undefined || state.startsWith('Z') ? undefined : { pid, started };
};

export const isAlive = async ({ pid, started }: ProcessIdentity): Promise<boolean> =>
  (await identifyProcess(pid))?.started === started;

/** proc_pid_stat(5): the command in parentheses may hold blanks; the state is field 3, the start field 22. */
const readStat = async (pid: number): Promise<(string | undefined)[]> => {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return [fields[0] || undefined, fields[19]];
};

const askPs = (pid: number): Promise<(string | undefined)[]> =>
  new Promise((resolve) => {
    execFile('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], (_, stdout) => {
      const [, state, started] = /^\s*(\S+)\s+(.+?)\s*$/m.exec(stdout) ?? [];
      resolve([state, started]);
    });
  });
