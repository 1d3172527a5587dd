import { setTimeout as sleep } from 'node:timers/promises';

export interface Probe {
  /** Ends it, and returns the longest time between two answers in a row, in ms. */
  stop(): Promise<number>;
}

const everyMs = 20;

/** Asks a process again and again whether it is alive. One whose event loop is blocked does not answer. */
export const startProbe = (url: string): Probe => {
  const stopping = new AbortController();
  const { signal } = stopping;
  let longestMs = 0;
  const run = async () => {
    let answeredAt = performance.now();
    while (!signal.aborted) {
      const response = await fetch(url, { signal }).catch(() => undefined);
      await response?.arrayBuffer().catch(() => {});
      const now = performance.now();
      longestMs = Math.max(longestMs, now - answeredAt);
      if (response?.ok) answeredAt = now;
      await sleep(everyMs, undefined, { signal }).catch(() => {});
    }
  };
  const running = run();
  return {
    stop: async () => {
      stopping.abort();
      await running;
      return longestMs;
    },
  };
};
