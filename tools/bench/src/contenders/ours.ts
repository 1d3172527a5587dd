import { randomBytes } from 'node:crypto';
import { appMain, type RunningApi, startApi, startWorker } from '@backend-jobs/local-services';
import type { Contender } from './contender.ts';

export const ourPrefix = '{backend-jobs}';

/** Production refuses one that could be guessed, and API and worker need the same. */
const hashSecret = randomBytes(32).toString('hex');

/** Our API as it runs in production, all checks on: the limiter works, and refuses nothing. */
export const startOurApi = (redisUrl: string, env: Record<string, string> = {}): Promise<RunningApi> =>
  startApi({
    main: appMain('api'),
    env: {
      NODE_ENV: 'production',
      REDIS_URL: redisUrl,
      HASH_SECRET: hashSecret,
      ADMIN_PASSWORD: 'a-password-for-the-bench',
      RATE_LIMIT: '1000000/1s',
      DRAIN_DELAY: '0s',
      ...env,
    },
    log: 'ignore',
  });

/** This repository's API and worker. */
export const ours: Contender<'ours'> = {
  name: 'ours',
  queues: [`${ourPrefix}:users`, `${ourPrefix}:emails`],

  startApi: ({ redisUrl }) => startOurApi(redisUrl),

  startWorker: ({ redisUrl, smtpUrl, concurrency }) =>
    startWorker({
      main: appMain('worker'),
      env: {
        NODE_ENV: 'production',
        REDIS_URL: redisUrl,
        HASH_SECRET: hashSecret,
        SMTP_URL: smtpUrl,
        MAIL_FROM: 'Bench <welcome@bench.example>',
        USERS_CONCURRENCY: concurrency?.toString(),
        EMAILS_CONCURRENCY: concurrency?.toString(),
      },
      log: 'ignore',
    }),
};
