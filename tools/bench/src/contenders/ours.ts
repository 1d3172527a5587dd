import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
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
export const startOurApi = (
  redisUrl: string,
  env: Record<string, string> = {},
  main = appMain('api'),
): Promise<RunningApi> =>
  startApi({
    main,
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

export const startOurWorker = (
  { redisUrl, smtpUrl, concurrency }: WorkerStart,
  env: Record<string, string> = {},
  main = appMain('worker'),
): Promise<RunningProgram> =>
  startWorker({
    main,
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

const oursWith = <Name extends string>(
  name: Name,
  env: Record<string, string>,
  mainOf = appMain,
): Contender<Name> => ({
  name,
  queues: [`${ourPrefix}:users`, `${ourPrefix}:emails`],
  startApi: ({ redisUrl }) => startOurApi(redisUrl, env, mainOf('api')),
  startWorker: (start) => startOurWorker(start, env, mainOf('worker')),
});

/** This repository's API and worker. */
export const ours = oursWith('ours', {});

/** With those of another checkout of this repository, if one is given, which has what it needs installed. */
export const oursAndBefore = (checkout?: string): Contender<'ours' | 'before'>[] => {
  if (checkout === undefined) return [ours];
  return [ours, oursWith('before', {}, (app) => resolve(checkout, 'apps', app, 'src/main.ts'))];
};

/** The same with PostgreSQL. */
export const oursOn = <Name extends string>(name: Name, databaseUrl: string): Contender<Name> =>
  oursWith(name, { DATABASE_URL: databaseUrl });
