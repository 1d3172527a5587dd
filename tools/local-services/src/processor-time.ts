import { readdir, readFile } from 'node:fs/promises';

/** How long a process has used a processor so far, in ms. Linux counts it in hundredths of a second. */
export const processorMs = async (pid: number): Promise<number> => {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const [user, system] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13);
  return (Number(user) + Number(system)) * 10;
};

/** The same, to the µs, of the threads that the process has now. Linux alone tells it. */
export const exactProcessorMs = async (pid: number): Promise<number> => {
  const threads = await readdir(`/proc/${pid}/task`);
  const times = threads.map(async (thread) => {
    const [ranNs] = (await readFile(`/proc/${pid}/task/${thread}/schedstat`, 'utf8')).split(' ');
    return Number(ranNs) / 1_000_000;
  });
  return (await Promise.all(times)).reduce((sum, ms) => sum + ms, 0);
};
