import { mailFrom, smtp } from '@backend-jobs/mail';
import { databaseVariables } from '@backend-jobs/postgres';
import { redisVariables } from '@backend-jobs/redis';
import {
  combineVariables,
  duration,
  integer,
  oneOf,
  portVariables,
  processVariables,
  rate,
  timeout,
  variable,
} from '@backend-jobs/runtime';
import { telemetryVariables } from '@backend-jobs/telemetry';

const concurrency = integer({ min: 1, max: 10_000 });

const onUnknown = variable({
  name: 'WELCOME_EMAIL_ON_UNKNOWN',
  decode: oneOf('resend', 'hold'),
  default: 'resend',
  meaning: '`resend` it under the same `Message-ID`, or `hold` it until an operator retries it',
});

const maxCopies = variable({
  name: 'WELCOME_EMAIL_MAX_COPIES',
  decode: integer({ min: 1, max: 100 }),
  default: '3',
  meaning: 'how often a welcome is sent at most while its outcome stays `unknown`',
});

export const workerVariables = {
  ...processVariables,
  ...redisVariables,
  ...databaseVariables,
  ...telemetryVariables,
  smtp,
  mailFrom,
  usersConcurrency: variable({
    name: 'USERS_CONCURRENCY',
    decode: concurrency,
    default: '50',
    meaning: 'users that one process creates at once; they wait for Redis alone',
  }),
  emailsConcurrency: variable({
    name: 'EMAILS_CONCURRENCY',
    decode: concurrency,
    default: '20',
    meaning: 'emails that one process sends at once, each over a connection of its own',
  }),
  emailsRate: variable({
    name: 'EMAILS_RATE',
    decode: rate,
    meaning: "the mail provider's limit, over all workers, like `100/1s`",
  }),
  welcomeEmailDeadlineMs: variable({
    name: 'WELCOME_EMAIL_DEADLINE',
    decode: duration,
    default: '24h',
    meaning: 'a welcome that could not be sent for so long is given up: `failed`, `expired`',
  }),
  maxCopies: combineVariables({ onUnknown, maxCopies }, (values) =>
    values.onUnknown === 'hold' ? 1 : values.maxCopies,
  ),
  reconcileIntervalMs: variable({
    name: 'RECONCILE_INTERVAL',
    decode: timeout,
    default: '1m',
    meaning: 'how often the worker looks for sign-ups that hang',
  }),
  healthPort: portVariables.healthPort,
};
