import type { Queue } from 'bullmq';
import { expect } from 'vitest';

/** Waits until the reconciler has completed so many more runs. By their ids: of those that are over, 100 are kept. */
export const untilReconciled = async (maintenance: Queue, runs: number): Promise<void> => {
  const newest = async () => Number((await maintenance.getCompleted(0, 0))[0]?.id ?? 0);
  const before = await newest();
  await expect.poll(newest, { timeout: 20_000 }).toBeGreaterThanOrEqual(before + runs);
};
