import { setTimeout as sleep } from 'node:timers/promises';
import { connectProducer, createSignUpFlow, watchRedis } from '@backend-jobs/jobs';
import { createLogger, readEnvironmentOrExit, toMs } from '@backend-jobs/runtime';
import { createRedisUserStore } from '@backend-jobs/users';
import closeWithGrace from 'close-with-grace';
import { buildApp } from './app.ts';
import { ApiConfig } from './config.ts';
import { createIdempotencyKeys } from './idempotency-keys.ts';
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
const users = createRedisUserStore(connection, prefix);
const flow = createSignUpFlow({ connection, prefix });

let draining = false;
const app = await buildApp({
  isDraining: () => draining,
  logger,
  connection,
  signUps: createSignUps({ users, flow, idempotencyKeys: createIdempotencyKeys(connection, prefix) }),
  dashboard: { queues: flow.queues, admin: { user: config.ADMIN_USER, password: config.ADMIN_PASSWORD } },
});
if (!config.ADMIN_PASSWORD) logger.warn('ADMIN_PASSWORD is not set: the dashboard is closed');

const drainDelayMs = toMs(config.DRAIN_DELAY);
closeWithGrace({ delay: drainDelayMs + toMs(config.SHUTDOWN_TIMEOUT), logger }, async ({ signal, err }) => {
  if (err) logger.fatal(err, 'API failed');
  logger.info({ signal }, 'API stops');
  draining = true;
  if (!err) await sleep(drainDelayMs);
  await app.close();
  await flow.close();
  connection.disconnect();
});

await app.listen({ host: config.HOST, port: config.PORT });
