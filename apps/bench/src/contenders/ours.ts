import { freePort } from '@backend-jobs/local-services';
import type { Contender } from './contender.ts';
import { startNode, startNodeApi, statusOf } from './start-node.ts';

export const ourPrefix = '{backend-jobs}';

const apps = new URL('../../../', import.meta.url);

/** This repository's API and worker as they run in production, all checks on: the limiter works, and refuses nothing. */
export const ours: Contender<'ours'> = {
  name: 'ours',
  queues: [`${ourPrefix}:users`, `${ourPrefix}:emails`],

  startApi: ({ redisUrl }) =>
    startNodeApi({
      name: 'API',
      main: new URL('api/src/main.ts', apps),
      env: {
        REDIS_URL: redisUrl,
        ADMIN_PASSWORD: 'a-password-for-the-bench',
        RATE_LIMIT: '1000000/1s',
        DRAIN_DELAY: '0s',
      },
    }),

  startWorker: async ({ redisUrl, smtpUrl, concurrency }) => {
    const port = await freePort();
    return startNode({
      name: 'worker',
      main: new URL('worker/src/main.ts', apps),
      env: {
        REDIS_URL: redisUrl,
        SMTP_URL: smtpUrl,
        MAIL_FROM: 'Bench <welcome@bench.example>',
        HEALTH_PORT: String(port),
        USERS_CONCURRENCY: concurrency?.toString(),
        EMAILS_CONCURRENCY: concurrency?.toString(),
      },
      isReady: async () => (await statusOf(`http://127.0.0.1:${port}/readyz`)) === 200,
    });
  },
};
