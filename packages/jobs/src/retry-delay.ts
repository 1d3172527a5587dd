/** No job waits longer than this for its next attempt. */
export const longestDelayMs = 30 * 60 * 1_000;

/**
 * How long a job waits before its next attempt, in ms: `firstMs` first, then twice as long each time, at most half an
 * hour. Up to half of it is taken off by chance, so that jobs which failed together do not come back together.
 */
export const retryDelayMs = (firstMs: number, attemptsMade: number): number => {
  const fullMs = Math.min(firstMs * 2 ** (attemptsMade - 1), longestDelayMs);
  return Math.round(fullMs * (1 - Math.random() / 2));
};
