import type { Queue } from 'bullmq';
import { expect } from 'vitest';

/** Waits until the job is in this state, or in one that matches; 'gone' is that of a job that does not exist. */
export const untilState = (queue: Queue, jobId: string, state: string | RegExp): Promise<void> =>
  expect.poll(async () => (await (await queue.getJob(jobId))?.getState()) ?? 'gone').toMatch(state);
