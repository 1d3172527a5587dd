import { databaseVariables } from '@backend-jobs/postgres';
import { redisVariables } from '@backend-jobs/redis';
import {
  combineVariables,
  delay,
  EnvironmentError,
  integer,
  offOr,
  oneOf,
  portVariables,
  processVariables,
  rate,
  timeout,
  variable,
} from '@backend-jobs/runtime';
import { telemetryVariables } from '@backend-jobs/telemetry';
import { logins } from './admin/access/login-variables.ts';
import { apiKeysList } from './api-keys-list.ts';
import { basePath } from './base-path.ts';
import { connectionLimits } from './connections/variables.ts';
import { trustedProxies } from './trusted-proxies.ts';

const requestTimeoutMs = variable({
  name: 'REQUEST_TIMEOUT',
  decode: timeout,
  default: '10s',
  meaning: 'how long a client may take to send a whole request',
});

const headersTimeoutMs = variable({
  name: 'HEADERS_TIMEOUT',
  decode: timeout,
  default: '5s',
  meaning: 'how long a client may take to send the headers; at most `REQUEST_TIMEOUT`',
});

const trustTraceparent = variable({
  name: 'TRUST_TRACEPARENT',
  decode: oneOf('on', 'off'),
  default: 'off',
  meaning:
    '`on`: a request continues the trace of its `traceparent`, sampled or not; `off`: it only links to it',
});

const signUpPage = variable({
  name: 'SIGN_UP_PAGE',
  decode: oneOf('on', 'off'),
  meaning:
    '`on` or `off`: whether `/` is a page on which people sign up; by default `on`, in production `off`',
});

export const apiVariables = {
  ...processVariables,
  ...redisVariables,
  ...databaseVariables,
  ...telemetryVariables,
  port: portVariables.port,
  basePath: variable({
    name: 'BASE_PATH',
    decode: basePath,
    meaning:
      'a path like `/svc` that a proxy serves the API under, whether the proxy takes it off or not ([proxy.md](proxy.md))',
  }),
  hasSignUpPage: combineVariables({ signUpPage, isProduction: processVariables.isProduction }, (values) =>
    values.signUpPage === undefined ? !values.isProduction : values.signUpPage === 'on',
  ),
  drainDelayMs: variable({
    name: 'DRAIN_DELAY',
    decode: delay,
    default: '1s',
    meaning: 'how long the API still accepts requests after SIGTERM, until the load balancer notices',
  }),
  logins,
  trustProxy: variable({
    name: 'TRUST_PROXY',
    decode: trustedProxies,
    meaning:
      'proxies whose `X-Forwarded-For` counts: addresses, networks (`10.0.0.0/8`), `loopback`, `uniquelocal`',
  }),
  trustsTraceparent: combineVariables({ trustTraceparent }, (values) => values.trustTraceparent === 'on'),
  apiKeys: variable({
    name: 'API_KEYS',
    decode: apiKeysList,
    default: '',
    meaning: '`name:<SHA-256 of the key>,…` for each who may use `/users`; without it everybody may sign up',
  }),
  acceptReplicas: combineVariables(
    {
      count: variable({
        name: 'ACCEPT_REPLICAS',
        decode: integer({ min: 0, max: 9 }),
        default: '0',
        meaning:
          'how many replicas of Redis have a sign-up before it is accepted ([redis.md](redis.md#replicas))',
      }),
      ...databaseVariables,
    },
    ({ count, database }) => {
      if (count > 0 && database)
        throw new EnvironmentError(['ACCEPT_REPLICAS is for sign-ups in Redis, but DATABASE_URL is set']);
      return count;
    },
  ),
  signUpLimit: variable({
    name: 'RATE_LIMIT',
    decode: offOr(rate),
    default: '600/1m',
    meaning: 'sign-ups for each API key or client address, over all replicas; or `off`',
  }),
  requestTimeoutMs,
  headersTimeoutMs: combineVariables({ requestTimeoutMs, headersTimeoutMs }, (timeouts) => {
    // Node throws where the part has longer than the whole; 0 is no limit.
    if (timeouts.requestTimeoutMs > 0 && timeouts.headersTimeoutMs > timeouts.requestTimeoutMs)
      throw new EnvironmentError(['HEADERS_TIMEOUT must not be longer than REQUEST_TIMEOUT']);
    return timeouts.headersTimeoutMs;
  }),
  keepAliveTimeoutMs: variable({
    name: 'KEEP_ALIVE_TIMEOUT',
    decode: timeout,
    default: '72s',
    meaning: 'how long a connection without a request stays open',
  }),
  connectionLimits,
  maxStreams: variable({
    name: 'MAX_STREAMS',
    decode: integer({ min: 1, max: 100_000 }),
    default: '2000',
    meaning: 'clients of one process who follow a sign-up live; each takes some 35 KB',
  }),
};
