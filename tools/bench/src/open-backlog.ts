import { randomUUIDv7 } from 'node:crypto';
import { createSignUpProducer, openQueues } from '@backend-jobs/jobs';
import { connectWorker, parseRedisUrl } from '@backend-jobs/redis';
import { ourPrefix } from './contenders/ours.ts';

/** How many are under way at once; ioredis sends them without waiting for the answers in between. */
const batchSize = 500;

/** Signs people up without HTTP, through the service's own producer: this is how a backlog comes to be in seconds. */
export interface Backlog {
  add(signUps: number): Promise<void>;
}

export const openBacklog = (redisUrl: string, opened: AsyncDisposableStack): Backlog => {
  const connection = connectWorker(parseRedisUrl(redisUrl), { name: 'bench', keyPrefix: ourPrefix });
  opened.defer(() => connection.disconnect());
  connection.on('error', () => {});
  const producer = createSignUpProducer(openQueues({ connection, prefix: ourPrefix }));
  const tag = randomUUIDv7();
  let number = 0;
  const start = () => {
    number += 1;
    const newUser = {
      name: 'Ada Lovelace',
      email: `ada.${tag}.${number}@example.com`,
      locale: 'en' as const,
    };
    return producer.enqueue(randomUUIDv7(), newUser, 'bench');
  };
  return {
    add: async (signUps) => {
      for (let left = signUps; left > 0; left -= batchSize) {
        await Promise.all(Array.from({ length: Math.min(left, batchSize) }, start));
      }
    },
  };
};
