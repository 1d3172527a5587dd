import { defineScript } from '@backend-jobs/redis';
import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';

const findOldest = defineScript(new URL('./oldest-waiting.lua', import.meta.url), {
  keys: ['wait'],
  args: ['jobPrefix'],
});

/**
 * When the job was added that waits longest for its first start, or when it was due if it was delayed, in ms since 1970;
 * `undefined` if none waits for that. It takes one command, and reads a few dozen jobs of a million.
 */
export const readOldestWaitingMs = async (queue: Queue, connection: Redis): Promise<number | undefined> => {
  const input = { keys: { wait: queue.toKey('wait') }, args: { jobPrefix: queue.toKey('') } };
  const oldest = (await findOldest(connection)(input)) as [addedMs: string, delayMs: string] | null;
  return oldest ? Number(oldest[0]) + Number(oldest[1]) : undefined;
};
