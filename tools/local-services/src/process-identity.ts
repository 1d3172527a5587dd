import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';

/** Identifies a process, even if a later process gets the same pid. */
export interface ProcessIdentity {
  pid: number;
  /** When it started, in the format of the operating system. */
  started: string;
}

/** Returns `undefined` when there is no such process. A zombie counts as no process. */
export const identifyProcess = async (pid: number): Promise<ProcessIdentity | undefined> => {
  const [state, started] = await (process.platform === 'linux' ? readStat(pid) : runPs(pid));
  return state === undefined || started === undefined || state.startsWith('Z') ? undefined : { pid, started };
};

export const isAlive = async ({ pid, started }: ProcessIdentity): Promise<boolean> =>
  (await identifyProcess(pid))?.started === started;

/** proc_pid_stat(5): field 2 is the command in parentheses, which may contain spaces; 3 is the state, 22 the start. */
const readStat = async (pid: number): Promise<(string | undefined)[]> => {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return [fields[0] || undefined, fields[19]];
};

const runPs = (pid: number): Promise<(string | undefined)[]> =>
  new Promise((resolve) => {
    execFile('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], (_, stdout) => {
      const [, state, started] = /^\s*(\S+)\s+(.+?)\s*$/m.exec(stdout) ?? [];
      resolve([state, started]);
    });
  });
