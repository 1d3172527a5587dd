import type { Redis } from 'ioredis';

/** Delays of seconds do not notice it. */
const toleratedSeconds = 5;

/**
 * A remark if the clock of this machine is not that of Redis, which all processes share. BullMQ plans the next attempt of
 * a job by the clock of its worker.
 */
export const readClockRemark = async (connection: Redis): Promise<string | undefined> => {
  const askedMs = Date.now();
  const [redisSeconds = 0, redisMicroseconds = 0] = (await connection.time()).map(Number);
  const redisMs = redisSeconds * 1_000 + redisMicroseconds / 1_000;
  const seconds = Math.round(((askedMs + Date.now()) / 2 - redisMs) / 1_000);
  if (Math.abs(seconds) <= toleratedSeconds) return undefined;
  const direction = seconds > 0 ? 'ahead of' : 'behind';
  return `The clock of this machine is ${Math.abs(seconds)} s ${direction} that of Redis: set it, or jobs run at wrong times`;
};
