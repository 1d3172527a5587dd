import { redisNowMs } from '@backend-jobs/redis';
import type { Redis } from 'ioredis';

/** How long it is remembered that a message has passed. */
const rememberedMs = 10 * 60_000;

/** A worker writes it down at most this often. */
const everyMs = 1_000;

/** What all workers know together: when a message has passed the mail server. Times are by the clock of Redis. */
export interface MailPulse {
  /** A message that was claimed at `claimedMs` has passed. */
  passed(claimedMs: number): void;
  /** When the last message that has passed was claimed; 0 if none has in the last 10 min. */
  lastPassedMs(): Promise<number>;
  /** Whether a message has passed, over any worker, in the last `withinMs`. */
  isBeating(withinMs: number): Promise<boolean>;
  nowMs(): Promise<number>;
}

export const createMailPulse = (connection: Redis, keyPrefix: string): MailPulse => {
  const key = `${keyPrefix}:mail-passed`;
  let writtenAtMs = Number.NEGATIVE_INFINITY;
  return {
    passed: (claimedMs) => {
      if (performance.now() - writtenAtMs < everyMs) return;
      writtenAtMs = performance.now();
      // Nothing depends on this one: the next message says the same.
      connection.set(key, claimedMs, 'PX', rememberedMs).catch(() => {});
    },
    lastPassedMs: async () => Number(await connection.get(key)),
    isBeating: async (withinMs) => (await connection.pttl(key)) > rememberedMs - withinMs,
    nowMs: () => redisNowMs(connection),
  };
};

/**
 * One pulse over several shards: it is written to all, and whichever answers first is believed, so that a shard that is away
 * keeps nobody waiting.
 */
export const spreadMailPulse = (pulses: readonly MailPulse[]): MailPulse => ({
  passed: (claimedMs) => {
    for (const pulse of pulses) pulse.passed(claimedMs);
  },
  lastPassedMs: () => Promise.any(pulses.map((pulse) => pulse.lastPassedMs())),
  isBeating: (withinMs) => Promise.any(pulses.map((pulse) => pulse.isBeating(withinMs))),
  nowMs: () => Promise.any(pulses.map((pulse) => pulse.nowMs())),
});
