import { readFile } from 'node:fs/promises';
import { childrenOf, exactProcessorMs } from '@backend-jobs/local-services';

/**
 * Processor time that a process and its children have used, also those that have ended: Linux tells that of these in
 * hundredths of a second, and of the others to the µs.
 */
export const treeProcessorMs = async (pid: number): Promise<number> => {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const [user, system] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(13, 15);
  const living = await Promise.all(
    [pid, ...(await childrenOf(pid))].map((each) => exactProcessorMs(each).catch(() => 0)),
  );
  return living.reduce((sum, ms) => sum + ms, (Number(user) + Number(system)) * 10);
};
