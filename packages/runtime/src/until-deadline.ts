import { setTimeout } from 'node:timers/promises';

/** Waits for `work`, but not longer than `deadlineMs`; answers whether it came to its end. Its errors are thrown. */
export const untilDeadline = async (work: Promise<unknown>, deadlineMs: number): Promise<boolean> => {
  const timer = new AbortController();
  const deadline = setTimeout(deadlineMs, false, { signal: timer.signal });
  deadline.catch(() => {}); // aborted: the work was done first
  try {
    return await Promise.race([work.then(() => true), deadline]);
  } finally {
    timer.abort();
  }
};
