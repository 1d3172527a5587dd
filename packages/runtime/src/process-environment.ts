import { integer, matching, offOr, oneOf, rate, timeout } from './decoders.ts';
import { combineVariables } from './environment.ts';
import { secret } from './secret.ts';
import { EnvironmentError, variable } from './variable.ts';

const nodeEnv = variable({
  name: 'NODE_ENV',
  decode: oneOf('development', 'test', 'production'),
  default: 'development',
  meaning: '`development`, `test` or `production`, which refuses what is only good enough for development',
});

const portNumber = integer({ min: 0, max: 65_535 });

/** The port of each app, which the doctor looks at, too. */
export const portVariables = {
  port: variable({
    name: 'PORT',
    decode: portNumber,
    default: '3000',
    meaning: 'the port to listen on',
  }),
  healthPort: variable({
    name: 'HEALTH_PORT',
    decode: portNumber,
    meaning: 'serves `/livez` and `/readyz` on `HOST`; the image sets `3001`',
  }),
};

const noSecret = 'not-a-secret';

const hashSecret = variable({
  name: 'HASH_SECRET',
  decode: secret({ minLength: 32 }),
  required: 'in production',
  default: noSecret,
  meaning:
    'the key of the hashes that stand for addresses in Redis: at least 32 random characters; keep it ([security.md](security.md#set-hash_secret))',
});

const shards = variable({
  name: 'SHARDS',
  decode: (text, context) => Number(oneOf('1', '16')(text, context)),
  default: '1',
  meaning:
    '`1`, or `16` to divide what is in Redis among the masters of a cluster; it can not be taken back ([redis.md](redis.md#shards))',
});

/** What both the API and the worker read from their environment, besides what is said of Redis. */
export const processVariables = {
  isProduction: combineVariables({ nodeEnv }, (values) => values.nodeEnv === 'production'),
  isDevelopment: combineVariables({ nodeEnv }, (values) => values.nodeEnv === 'development'),
  logLevel: variable({
    name: 'LOG_LEVEL',
    decode: oneOf('fatal', 'error', 'warn', 'info', 'debug', 'silent'),
    default: 'info',
    meaning: '`fatal`, `error`, `warn`, `info`, `debug` or `silent`; the log is JSON, except on a terminal',
  }),
  host: variable({
    name: 'HOST',
    decode: matching(/^[\w.:-]+$/, 'must be an address or a host name, without brackets'),
    default: '127.0.0.1',
    meaning: 'the address to listen on; the image sets `0.0.0.0`',
  }),
  hashSecret,
  shards: combineVariables({ shards, hashSecret }, (values) => {
    // Ids show a part of the hashes of the addresses then.
    if (values.shards > 1 && values.hashSecret === noSecret)
      throw new EnvironmentError(['HASH_SECRET is missing: more than one of SHARDS needs it']);
    return values.shards;
  }),
  mailboxLimit: variable({
    name: 'RATE_LIMIT_PER_MAILBOX',
    decode: offOr(rate),
    default: '5/1d',
    meaning: 'users that may be created for one mailbox, whatever tags its addresses have; or `off`',
  }),
  domainLimit: variable({
    name: 'RATE_LIMIT_PER_DOMAIN',
    decode: offOr(rate),
    default: 'off',
    meaning: 'users that may be created for the addresses of one domain, like `100/1h`; or `off`',
  }),
  shutdownTimeoutMs: variable({
    name: 'SHUTDOWN_TIMEOUT',
    decode: timeout,
    default: '8s',
    meaning: 'how long a process may take after SIGTERM to finish what it has begun',
  }),
};
