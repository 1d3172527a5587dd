import { readFileSync } from 'node:fs';
import type { Queue } from 'bullmq';
// The only file of BullMQ that is imported by itself: its `Job.retry` can't be bound to a time of failure.
import { reprocessJob } from 'bullmq/dist/esm/scripts/reprocessJob-9.js';
import type { Redis } from 'ioredis';

/** What became of one that a redrive has named. */
export type Taking = 'taken' | 'skipped' | 'ended' | 'elsewhere';

type Command = (this: Redis, ...keysAndArgs: (string | number)[]) => Promise<Taking>;

const placeOfBullMq = "-- BullMQ's own script\n";
const lua = readFileSync(new URL('./retry-named-job.lua', import.meta.url), 'utf8').replace(
  placeOfBullMq,
  () => reprocessJob.content,
);

/**
 * Makes BullMQ's own retry, with all attempts given back, part of a step that also looks at the time of failure and counts.
 * Between a look and a retry of its own a job could have been retried by somebody else, and have failed again.
 */
export const createNamedRetry = (connection: Redis) => {
  connection.defineCommand('retryNamedJob', { lua, numberOfKeys: reprocessJob.keys + 1 });
  const run = Reflect.get(connection, 'retryNamedJob') as Command;

  return (
    queue: Queue,
    { id, atMs }: { id: string; atMs: number },
    { redriveKey, position }: { redriveKey: string; position: number },
  ): Promise<Taking> => {
    const keys = ['events', 'failed', 'wait', 'meta', 'active', 'marker', 'prioritized', 'pc'];
    return run.call(
      connection,
      queue.toKey(id),
      ...keys.map((name) => queue.toKey(name)),
      redriveKey,
      ...[id, 'LPUSH', 'failedReason', 'failed', '1', '0'],
      position,
      atMs,
    );
  };
};
