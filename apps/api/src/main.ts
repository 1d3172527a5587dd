import { setTimeout as sleep } from 'node:timers/promises';
import { createSignUpProducer, openQueues } from '@backend-jobs/jobs';
import { connectProducer, watchRedis } from '@backend-jobs/redis';
import { createKeyedHash, createLogger, readEnvironmentOrExit, toMs, toRate } from '@backend-jobs/runtime';
import { openStores } from '@backend-jobs/sign-ups';
import closeWithGrace from 'close-with-grace';
import { buildApp } from './app.ts';
import { ApiConfig } from './config.ts';
import { createIdempotencyKeys } from './idempotency-keys.ts';
import { readApiKeys } from './plugins/api-keys.ts';
import { createSignUps } from './sign-ups.ts';

const config = readEnvironmentOrExit(ApiConfig, process.env);
const prefix = config.KEY_PREFIX;
const production = config.NODE_ENV === 'production';
const logger = createLogger({
  process: 'api',
  level: config.LOG_LEVEL,
  production,
});

const connection = connectProducer(config.REDIS_URL, 'api');
watchRedis(connection, { logger, production, allowed: config.REDIS_ALLOW.split(',') });
const hash = createKeyedHash(config.HASH_SECRET);
const { signUpStore } = openStores(connection, { keyPrefix: prefix, hashSecret: config.HASH_SECRET });
const queues = openQueues({ connection, prefix });

let draining = false;
const app = await buildApp({
  logger,
  connection,
  keyPrefix: prefix,
  hash,
  signUps: createSignUps({
    signUpStore,
    producer: createSignUpProducer(queues),
    idempotencyKeys: createIdempotencyKeys(connection, { keyPrefix: prefix, hash }),
  }),
  signUpLimit: config.RATE_LIMIT === 'off' ? undefined : toRate(config.RATE_LIMIT),
  apiKeys: readApiKeys(config.API_KEYS),
  dashboard: {
    queues: [queues.users, queues.emails, queues.maintenance],
    logins: {
      admin: { user: config.ADMIN_USER, password: config.ADMIN_PASSWORD },
      viewer: { user: config.VIEWER_USER, password: config.VIEWER_PASSWORD },
    },
  },
  trustProxy: config.TRUST_PROXY,
  timeoutsMs: {
    request: toMs(config.REQUEST_TIMEOUT),
    headers: toMs(config.HEADERS_TIMEOUT),
    keepAlive: toMs(config.KEEP_ALIVE_TIMEOUT),
  },
  isDraining: () => draining,
});
if (!config.ADMIN_PASSWORD) logger.warn('ADMIN_PASSWORD is not set: the dashboard is closed');
if (!config.API_KEYS) logger.warn('API_KEYS is not set: whoever reaches /users may use it');

const drainDelayMs = toMs(config.DRAIN_DELAY);
closeWithGrace({ delay: drainDelayMs + toMs(config.SHUTDOWN_TIMEOUT), logger }, async ({ signal, err }) => {
  if (err) logger.fatal(err, 'API failed');
  logger.info({ signal }, 'API stops');
  draining = true;
  if (!err) await sleep(drainDelayMs);
  await app.close();
  await queues.close();
  connection.disconnect();
});

await app.listen({ host: config.HOST, port: config.PORT });
