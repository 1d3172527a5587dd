import type { Acceptor, Contender } from './contender.ts';
import { startNode, startNodeApi } from './start-node.ts';

const rival = <Name extends string>(name: Name): Contender<Name> => {
  const program = (app: 'api' | 'worker') => ({
    name: `${app} of ${name}`,
    main: new URL(`./${name}/${app}.ts`, import.meta.url),
  });
  return {
    name,
    queues: ['bull:users', 'bull:emails'],
    startApi: ({ redisUrl }) => startNodeApi({ ...program('api'), env: { REDIS_URL: redisUrl } }),
    startWorker: ({ redisUrl, smtpUrl, concurrency }) =>
      startNode({
        ...program('worker'),
        env: { REDIS_URL: redisUrl, SMTP_URL: smtpUrl, CONCURRENCY: concurrency?.toString() },
        isReady: async () => true, // its time is taken from the messages, not from here
      }),
  };
};

/** The usual tutorial: Express 5, Bull 4, nodemailer. This system's own first shape. */
export const expressBull = rival('express-bull');

/** The strongest thing that one would write in an afternoon: Fastify, and two plain BullMQ queues. */
export const bullmqChain = rival('bullmq-chain');

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
