import type { Acceptor, Contender } from './contender.ts';
import { startNode, startNodeApi } from './start-node.ts';

const rival = <Name extends string>(name: Name, programs: { api: URL; worker: URL }): Contender<Name> => ({
  name,
  queues: ['bull:users', 'bull:emails'],
  startApi: ({ redisUrl }) =>
    startNodeApi({ name: `API of ${name}`, main: programs.api, env: { REDIS_URL: redisUrl } }),
  startWorker: ({ redisUrl, smtpUrl, concurrency }) =>
    startNode({
      name: `worker of ${name}`,
      main: programs.worker,
      env: { REDIS_URL: redisUrl, SMTP_URL: smtpUrl, CONCURRENCY: concurrency?.toString() },
      isReady: async () => true, // it says nothing; who needs to know has it mail somebody
    }),
});

/** The usual tutorial: Express 5, Bull 4, nodemailer. This system's own first shape. */
export const expressBull = rival('express-bull', {
  api: new URL('./express-bull/api.ts', import.meta.url),
  worker: new URL('./express-bull/worker.ts', import.meta.url),
});

/** The strongest thing that one would write in an afternoon: Fastify, and two plain BullMQ queues. */
export const bullmqChain = rival('bullmq-chain', {
  api: new URL('./bullmq-chain/api.ts', import.meta.url),
  worker: new URL('./bullmq-chain/worker.ts', import.meta.url),
});

/** How fast an API could answer that had nothing to do. */
export const fastifyCeiling: Acceptor<'fastify-ceiling'> = {
  name: 'fastify-ceiling',
  startApi: () =>
    startNodeApi({
      name: 'Fastify ceiling',
      main: new URL('./fastify-ceiling/api.ts', import.meta.url),
      env: {},
    }),
};
