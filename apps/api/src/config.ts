import { redisVariables } from '@backend-jobs/redis';
import {
  combineVariables,
  type Decoder,
  EnvironmentError,
  InvalidValue,
  integer,
  listOf,
  matching,
  offOr,
  processVariables,
  rate,
  timeout,
  variable,
} from '@backend-jobs/runtime';
import { connectionVariables } from './connections/variables.ts';
import type { ApiKeys } from './plugins/api-keys.ts';
import { trustedProxies } from './trusted-proxies.ts';

/** What the README writes where a password has to be. */
const examplePasswords = ['choose-your-own'];

const password: Decoder<string> = (text, { isProduction }) => {
  if (isProduction && text.length < 12) throw new InvalidValue('must have at least 12 characters');
  if (isProduction && examplePasswords.includes(text))
    throw new InvalidValue('is an example from the README: choose another');
  return text;
};

const userName = matching(/^[^:]+$/, 'must have no colon');

const apiKeys: Decoder<ApiKeys> = (text, context) => {
  const entry = matching(/^[\w.-]+:[0-9a-f]{64}$/, 'must be a list of name:<SHA-256 of the key, in hex>');
  return new Map(
    listOf(entry)(text, context).map((pair) => {
      const [name = '', hash = ''] = pair.split(':');
      return [hash, name];
    }),
  );
};

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

/** Without an admin password the dashboard stays closed, and production does not start at all. */
export const apiVariables = {
  ...processVariables,
  ...redisVariables,
  port: variable({
    name: 'PORT',
    decode: integer({ min: 0, max: 65_535 }),
    default: '3000',
    meaning: 'the port to listen on',
  }),
  drainDelayMs: variable({
    name: 'DRAIN_DELAY',
    decode: timeout,
    default: '1s',
    meaning: 'how long the API still accepts requests after SIGTERM, until the load balancer notices',
  }),
  adminUser: variable({
    name: 'ADMIN_USER',
    decode: userName,
    default: 'admin',
    meaning: 'who may do everything on the dashboard',
  }),
  adminPassword: variable({
    name: 'ADMIN_PASSWORD',
    decode: password,
    required: 'in production',
    meaning: 'without one the dashboard stays closed; at least 12 characters in production',
  }),
  viewerUser: variable({
    name: 'VIEWER_USER',
    decode: userName,
    default: 'viewer',
    meaning: 'who may look at the dashboard, and change nothing',
  }),
  viewerPassword: variable({
    name: 'VIEWER_PASSWORD',
    decode: password,
    meaning: 'without one there is no viewer; at least 12 characters in production',
  }),
  trustProxy: variable({
    name: 'TRUST_PROXY',
    decode: trustedProxies,
    meaning:
      'proxies whose `X-Forwarded-For` counts: addresses, networks (`10.0.0.0/8`), `loopback`, `uniquelocal`',
  }),
  apiKeys: variable({
    name: 'API_KEYS',
    decode: apiKeys,
    default: '',
    meaning: '`name:<SHA-256 of the key>,…` for each who may use `/users`; without it everybody may sign up',
  }),
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
  ...connectionVariables,
};
