import { readFile } from 'node:fs/promises';
import { runCommand } from './run-command.ts';

/** The pids of the processes that a process has started, and that have not ended. */
export const childrenOf = async (pid: number): Promise<number[]> => {
  const text = await (process.platform === 'linux'
    ? readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')
    : runCommand('pgrep', ['-P', String(pid)], { env: process.env, timeoutMs: 5_000 })
  ).catch(() => '');
  return text.split(/\s+/).filter(Boolean).map(Number);
};
