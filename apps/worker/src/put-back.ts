import { DelayedError, type Job } from 'bullmq';

/** Gives the job back for `awayMs`, without spending an attempt: it never returns. */
export const putBack = async (job: Job, token: string, awayMs: number): Promise<never> => {
  await job.moveToDelayed(Date.now() + awayMs, token);
  throw new DelayedError();
};
