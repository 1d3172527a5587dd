import { randomBytes } from 'node:crypto';
import {
  appMain,
  type RunningApi,
  type RunningProgram,
  startApi,
  startWorker,
} from '@backend-jobs/local-services';
import type { Contender, WorkerStart } from './contender.ts';

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

const startOurWorker = (
  { redisUrl, smtpUrl, concurrency }: WorkerStart,
  env: Record<string, string> = {},
): Promise<RunningProgram> =>
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
      ...env,
    },
    log: 'ignore',
  });

const oursWith = <Name extends string>(name: Name, env: Record<string, string>): Contender<Name> => ({
  name,
  queues: [`${ourPrefix}:users`, `${ourPrefix}:emails`],
  startApi: ({ redisUrl }) => startOurApi(redisUrl, env),
  startWorker: (start) => startOurWorker(start, env),
});

/** This repository's API and worker. */
export const ours = oursWith('ours', {});

/** The same with PostgreSQL. */
export const oursOn = <Name extends string>(name: Name, databaseUrl: string): Contender<Name> =>
  oursWith(name, { DATABASE_URL: databaseUrl });
