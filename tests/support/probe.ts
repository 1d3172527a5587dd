import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** The longest that was between two answers in a row, in ms. */
export interface Silence {
  timeMs: number;
  /** How long the process' event loop had a processor in it. On a busy machine it waits for one, too. */
  processorMs: number;
}

export interface Probe {
  stop(): Promise<Silence>;
}

const everyMs = 20;

/** How long the main thread has used a processor so far. Linux alone tells it. */
const mainThreadMs = async (pid: number): Promise<number> => {
  if (process.platform !== 'linux') return performance.now();
  const [ranNs] = (await readFile(`/proc/${pid}/task/${pid}/schedstat`, 'utf8')).split(' ');
  return Number(ranNs) / 1_000_000;
};

/** Asks a process again and again whether it is alive. One whose event loop is blocked does not answer. */
export const startProbe = (pid: number, url: string): Probe => {
  const stopping = new AbortController();
  const { signal } = stopping;
  const longest: Silence = { timeMs: 0, processorMs: 0 };
  const read = async () => ({ timeMs: performance.now(), processorMs: await mainThreadMs(pid) });
  const run = async () => {
    let answered = await read();
    while (!signal.aborted) {
      const response = await fetch(url, { signal }).catch(() => undefined);
      await response?.arrayBuffer().catch(() => {});
      const now = await read();
      for (const kind of ['timeMs', 'processorMs'] as const)
        longest[kind] = Math.max(longest[kind], now[kind] - answered[kind]);
      if (response?.ok) answered = now;
      await sleep(everyMs, undefined, { signal }).catch(() => {});
    }
  };
  const running = run();
  return {
    stop: async () => {
      stopping.abort();
      await running;
      return longest;
    },
  };
};
