import { setTimeout } from 'node:timers/promises';

/**
 * Waits for `work`, but at most `deadlineMs`. Returns whether it ended in time, and throws what it throws.
 */
export const untilDeadline = async (work: Promise<unknown>, deadlineMs: number): Promise<boolean> => {
  const timer = new AbortController();
  const deadline = setTimeout(deadlineMs, false, { signal: timer.signal });
  deadline.catch(() => {}); // aborted, since the work ended first
  try {
    return await Promise.race([work.then(() => true), deadline]);
  } finally {
    timer.abort();
  }
};
