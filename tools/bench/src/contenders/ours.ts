import { appMain, startApi, startWorker } from '@backend-jobs/local-services';
import type { Contender } from './contender.ts';

export const ourPrefix = '{backend-jobs}';

/** This repository's API and worker as they run in production, all checks on: the limiter works, and refuses nothing. */
export const ours: Contender<'ours'> = {
  name: 'ours',
  queues: [`${ourPrefix}:users`, `${ourPrefix}:emails`],

  startApi: ({ redisUrl }) =>
    startApi({
      main: appMain('api'),
      env: {
        NODE_ENV: 'production',
        REDIS_URL: redisUrl,
        ADMIN_PASSWORD: 'a-password-for-the-bench',
        RATE_LIMIT: '1000000/1s',
        DRAIN_DELAY: '0s',
      },
      log: 'ignore',
    }),

  startWorker: ({ redisUrl, smtpUrl, concurrency }) =>
    startWorker({
      main: appMain('worker'),
      env: {
        NODE_ENV: 'production',
        REDIS_URL: redisUrl,
        SMTP_URL: smtpUrl,
        MAIL_FROM: 'Bench <welcome@bench.example>',
        USERS_CONCURRENCY: concurrency?.toString(),
        EMAILS_CONCURRENCY: concurrency?.toString(),
      },
      log: 'ignore',
    }),
};
