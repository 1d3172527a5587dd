import type { Redis } from 'ioredis';

/** The time in ms since 1970 by the clock of Redis, which all processes share. */
export const redisNowMs = async (connection: Redis): Promise<number> => {
  const [seconds = 0, microseconds = 0] = (await connection.time()).map(Number);
  return seconds * 1_000 + Math.floor(microseconds / 1_000);
};

/** Delays of seconds do not notice it. */
const toleratedSeconds = 5;

/**
 * A remark if the clock of this machine is not that of Redis. BullMQ plans the next attempt of
 * a job by the clock of its worker.
 */
export const readClockRemark = async (connection: Redis): Promise<string | undefined> => {
  const askedMs = Date.now();
  const redisMs = await redisNowMs(connection);
  const seconds = Math.round(((askedMs + Date.now()) / 2 - redisMs) / 1_000);
  if (Math.abs(seconds) <= toleratedSeconds) return undefined;
  const direction = seconds > 0 ? 'ahead of' : 'behind';
  return `The clock of this machine is ${Math.abs(seconds)} s ${direction} that of Redis: set it, or jobs run at wrong times`;
};
