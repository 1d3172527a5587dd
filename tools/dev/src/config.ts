import { type DatabaseAddress, parseDatabaseUrl } from '@backend-jobs/postgres';
import { parseRedisUrl, type RedisAddress } from '@backend-jobs/redis';
import {
  anyText,
  type Config,
  integer,
  parseSmtpUrl,
  processVariables,
  variable,
} from '@backend-jobs/runtime';

const port = integer({ min: 1, max: 65_535 });

/** The Redis that `REDIS_URL` names. The apps are given the URL as it is. */
export type NamedRedis = RedisAddress & { url: string };

/** The same of `DATABASE_URL`. */
export type NamedDatabase = DatabaseAddress & { url: string };

/** What can be chosen about `npm start`. It starts a Redis and a mailbox where no URL names another one. */
export const devVariables = {
  port: variable({
    name: 'PORT',
    decode: port,
    default: '3000',
    meaning: 'the port of the API',
  }),
  mailboxPort: variable({
    name: 'MAILBOX_PORT',
    decode: port,
    default: '1080',
    meaning: "the port of the mailbox's page",
  }),
  workers: variable({
    name: 'WORKERS',
    decode: (text, context) => (text === 'auto' ? text : integer({ min: 1, max: 64 })(text, context)),
    default: '2',
    meaning: 'how many workers run; with `auto` 1 to 4, as many as the load needs ([scaling.md](scaling.md))',
  }),
  redis: variable({
    name: 'REDIS_URL',
    decode: (url): NamedRedis => ({ url, ...parseRedisUrl(url) }),
    meaning: 'a Redis to use in place of one that is started',
  }),
  database: variable({
    name: 'DATABASE_URL',
    decode: (url, context): NamedDatabase => ({ url, ...parseDatabaseUrl(url, context) }),
    meaning: 'a PostgreSQL that keeps the sign-ups in place of Redis; its schema is brought up to date',
  }),
  smtpUrl: variable({
    name: 'SMTP_URL',
    decode: (url) => {
      parseSmtpUrl(url);
      return url;
    },
    meaning: 'a mail server to use in place of the mailbox',
  }),
  hashSecret: variable({
    name: 'HASH_SECRET',
    decode: anyText,
    meaning: 'the key of the hashes in Redis; by default a new one, which is kept in `.data/hash-secret`',
  }),
  logLevel: processVariables.logLevel,
  adminUser: variable({
    name: 'ADMIN_USER',
    decode: anyText,
    default: 'admin',
    meaning: "the login of the operators' pages",
  }),
  adminPassword: variable({
    name: 'ADMIN_PASSWORD',
    decode: anyText,
    meaning: 'its password; a new one for each run by default',
  }),
};
export type DevConfig = Config<typeof devVariables>;
