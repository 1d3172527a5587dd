import { setTimeout as sleep } from 'node:timers/promises';

export interface Liveness {
  /** How long the slowest answer took that was waited for in this time, in ms. */
  slowestMs(from: number, to: number): number;
  stop(): Promise<void>;
}

/**
 * Asks an API again and again whether it is alive, which needs nothing but the API: a busy machine holds up this as it
 * holds up what is measured at the same time. Times are those of `performance.now()`.
 */
export const watchLiveness = (apiUrl: () => string): Liveness => {
  const answers: { from: number; to: number }[] = [];
  let isRunning = true;
  const watch = async () => {
    while (isRunning) {
      const from = performance.now();
      const response = await fetch(`${apiUrl()}/livez`).catch(() => undefined);
      await response?.arrayBuffer().catch(() => {});
      answers.push({ from, to: performance.now() });
      await sleep(10);
    }
  };
  const watching = watch();
  return {
    slowestMs: (from, to) =>
      answers.reduce(
        (slowest, answer) =>
          answer.from <= to && answer.to >= from ? Math.max(slowest, answer.to - answer.from) : slowest,
        0,
      ),
    stop: () => {
      isRunning = false;
      return watching;
    },
  };
};
