import { fileURLToPath } from 'node:url';
import { startApi, startProgram } from '@backend-jobs/local-services';
import type { Acceptor, Contender } from './contender.ts';

/** As production would have it: the log is written, but nobody reads it. */
const asInProduction = (env: Record<string, string | undefined>) =>
  ({ env: { NODE_ENV: 'production', ...env }, log: 'ignore' }) as const;

/** The rivals have no path that says when they are ready: any answer will do. */
const startRivalApi = (name: string, main: string, env: Record<string, string>) =>
  startApi({ name, main, ...asInProduction(env), readyPath: '/', anyStatus: true });

const program = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const rival = <Name extends string>(
  name: Name,
  programs: { api: string; worker: string },
  env: Record<string, string> = {},
): Contender<Name> => ({
  name,
  queues: ['bull:users', 'bull:emails'],
  startApi: ({ redisUrl }) => startRivalApi(`API of ${name}`, programs.api, { REDIS_URL: redisUrl, ...env }),
  startWorker: ({ redisUrl, smtpUrl, concurrency }) =>
    startProgram({
      name: `worker of ${name}`,
      main: programs.worker,
      ...asInProduction({
        REDIS_URL: redisUrl,
        SMTP_URL: smtpUrl,
        CONCURRENCY: concurrency?.toString(),
        ...env,
      }),
      isReady: async () => true, // it says nothing; who needs to know has it mail somebody
    }),
});

/** The usual tutorial: Express 5, Bull 4, nodemailer. This system's own first shape. */
export const expressBull = rival('express-bull', {
  api: program('./express-bull/api.ts'),
  worker: program('./express-bull/worker.ts'),
});

/** What a careful team would write: Express 5 with a well-known library for each duty, BullMQ, nodemailer with a pool. */
export const expressDutiful = rival('express-dutiful', {
  api: program('./express-dutiful/api.ts'),
  worker: program('./express-dutiful/worker.ts'),
});

/** The strongest thing that one would write in an afternoon: Fastify, and two plain BullMQ queues. */
export const bullmqChain = rival('bullmq-chain', {
  api: program('./bullmq-chain/api.ts'),
  worker: program('./bullmq-chain/worker.ts'),
});

/** The usual one without Redis: Express 5, graphile-worker, nodemailer with a pool. */
export const expressGraphile = (databaseUrl: string): Contender<'express-graphile'> => ({
  ...rival(
    'express-graphile',
    { api: program('./express-graphile/api.ts'), worker: program('./express-graphile/worker.ts') },
    { DATABASE_URL: databaseUrl },
  ),
  queues: [],
});

/** How fast an API could answer that had nothing to do. */
export const fastifyCeiling: Acceptor<'fastify-ceiling'> = {
  name: 'fastify-ceiling',
  startApi: () => startRivalApi('Fastify ceiling', program('./fastify-ceiling/api.ts'), {}),
};
