import type { Load } from './worker-pool.ts';

/** Asks the API how much the workers have to do; `undefined` while it does not know. */
export const readLoad = async (metricsPort: string): Promise<Load | undefined> => {
  const response = await fetch(`http://127.0.0.1:${metricsPort}/scaling`).catch(() => undefined);
  if (!response?.ok) return undefined;
  const { oldestWaitingSeconds, activeJobs } = (await response.json()) as Record<string, number>;
  return { waitingMs: Number(oldestWaitingSeconds) * 1_000, activeJobs: Number(activeJobs) };
};
