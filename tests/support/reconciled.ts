import type { Queue } from 'bullmq';
import { expect } from 'vitest';

/** Waits until the reconciler has begun so many more runs, and completed them. How many are kept does not grow for ever. */
export const untilReconciled = async (maintenance: Queue, runs: number): Promise<void> => {
  const fromMs = Date.now();
  const countRuns = async () =>
    (await maintenance.getCompleted(0, runs)).filter(({ processedOn = 0 }) => processedOn > fromMs).length;
  await expect.poll(countRuns).toBeGreaterThanOrEqual(runs);
};
