import type { Queues } from '@backend-jobs/jobs';
import type { Redis } from 'ioredis';
import { Refusal } from './turn.ts';

/**
 * Workers are known by the connections on which they wait for jobs. One that stops has none any more, and may still work
 * on a job: that has a lock, which a worker that was killed leaves for some seconds.
 *
 * @throws {Refusal} when a worker runs
 */
export const requireNoWorkers = async (connection: Redis, queues: Queues): Promise<void> => {
  try {
    await connection.client('LIST');
  } catch {
    throw new Refusal('Redis does not say who is connected: allow its user +client|list (docs/redis.md)');
  }
  for (const queue of [queues.users, queues.emails]) {
    const workers = await queue.getWorkers();
    if (workers.length > 0)
      throw new Refusal(`Workers are running: stop all of them (${workers.map(nameOf).join(', ')})`);
    for (const id of await queue.getRanges(['active']))
      if (await connection.exists(`${queue.toKey(id)}:lock`))
        throw new Refusal('A worker has a job in hand: try again when it has stopped, in 10 s at the latest');
  }
};

const nameOf = (client: Record<string, string>): string => client.rawname?.split(':w:').at(-1) ?? 'unnamed';
