import { setTimeout as sleep } from 'node:timers/promises';
import { openQueuesOf } from '@backend-jobs/jobs';
import { connectDatabase, createDatabaseProbe, impatient } from '@backend-jobs/postgres';
import {
  connectDashboard,
  connectProducer,
  connectSubscriber,
  openShards,
  watchRedis,
} from '@backend-jobs/redis';
import { createKeyedHash, createLogger, createOwnHosts, readEnvironmentOrExit } from '@backend-jobs/runtime';
import {
  createRedisSignUpChanges,
  migrations,
  openStores,
  spreadSignUpChanges,
  watchMove,
} from '@backend-jobs/sign-ups';
import { type MetricsServer, openTracing, startMetricsServer } from '@backend-jobs/telemetry';
import closeWithGrace from 'close-with-grace';
import { createAdminOptions } from './admin/admin-options.ts';
import { buildApp } from './app.ts';
import { apiVariables } from './config.ts';
import { createIntake } from './intake/create-intake.ts';
import { openFences } from './open-fences.ts';
import { createRequestSpans } from './plugins/request-spans.ts';
import { createQueueReader } from './read-queues.ts';
import { createScalingReader } from './read-scaling.ts';
import { createSignUps } from './sign-ups.ts';
import { createSignUpStreams } from './streams/sign-up-streams.ts';

const config = readEnvironmentOrExit(apiVariables, process.env);
const production = config.isProduction;
const logger = createLogger({
  process: 'api',
  level: config.logLevel,
  production,
  ...(config.tracing && { facts: () => tracing?.facts() ?? {} }),
});
const tracing = await openTracing(config.tracing, { service: 'backend-jobs-api', logger });

const { keyPrefix, shards: count } = config;
const shards = openQueuesOf(
  openShards(connectProducer, config.redis, { name: 'api', keyPrefix, shards: count }),
  { telemetry: tracing?.queues },
);
const replicas = openFences(shards, config.redis, { keyPrefix, replicas: config.acceptReplicas });
const fences = replicas?.fences;
const redis = watchRedis(shards, { logger, production, allowed: config.redisAllow, fences });
void watchMove(shards.first.connection, {
  keyPrefix,
  usesDatabase: Boolean(config.database),
  changes: false,
});
const database = connectDatabase(config, { name: 'api', mode: impatient, migrations, logger });
const hash = createKeyedHash(config.hashSecret);
const storeOptions = {
  database,
  hashSecret: config.hashSecret,
  limits: { perMailbox: config.mailboxLimit, perDomain: config.domainLimit },
};
// Loaded only where somebody wants to know.
const metrics =
  config.metricsPort === undefined
    ? undefined
    : (await import('./metrics.ts')).createApiMetrics({
        isRedisAway: redis.isAway,
        readQueues: createQueueReader({
          shards: shards.all,
          ...openStores(shards, storeOptions),
          isRedisAway: redis.isAway,
        }),
        readScaling: createScalingReader({
          queues: shards.all.flatMap(({ queues, connection }) =>
            [queues.users, queues.emails].map((queue) => ({ queue, connection })),
          ),
          isRedisAway: redis.isAway,
        }),
        openStreams: () => streams.count,
      });
const observedStoreOptions = { ...storeOptions, events: metrics?.signUps };
const { signUpStore, accepted } = openStores(shards, observedStoreOptions);

// Their own connections, since what operators ask for takes long.
const adminShards = openQueuesOf(
  openShards(connectDashboard, config.redis, { name: 'dashboard', keyPrefix, shards: count }),
);
for (const { connection } of adminShards.all) connection.on('error', () => {}); // the others report that Redis is away
const admin = createAdminOptions(adminShards, { logins: config.logins, stores: observedStoreOptions });

const intake = createIntake({
  shards,
  signUpStore,
  accepted,
  hash,
  onAccepted: metrics?.onAccepted,
  fences,
});
const signUps = createSignUps(signUpStore, intake);
const subscribers = openShards(connectSubscriber, config.redis, {
  name: 'api-changes',
  keyPrefix,
  shards: count,
});
const changes = subscribers.map((shard) =>
  createRedisSignUpChanges(shard.connection, {
    keyPrefix: shard.keyPrefix,
    onRefused: ({ message }) =>
      logger.warn({ reason: message }, 'Redis refuses channels: streams look at their sign-ups each second'),
  }),
);
const streams = createSignUpStreams({
  signUps,
  changes: spreadSignUpChanges(changes),
  logger,
  max: config.maxStreams,
});

let draining = false;
const app = await buildApp({
  logger,
  basePath: config.basePath ?? '',
  shards,
  canWrite: redis.canWrite,
  takesWrites: database && createDatabaseProbe(database.query),
  hash,
  signUps,
  streams,
  hasSignUpPage: config.hasSignUpPage,
  signUpLimit: config.signUpLimit,
  apiKeys: config.apiKeys,
  admin,
  isOwnHost: config.isDevelopment ? createOwnHosts(config.host) : undefined,
  trustProxy: config.trustProxy,
  timeoutsMs: {
    request: config.requestTimeoutMs,
    headers: config.headersTimeoutMs,
    keepAlive: config.keepAliveTimeoutMs,
  },
  connectionLimits: config.connectionLimits,
  isDraining: () => draining,
  observers: [
    ...(tracing ? [createRequestSpans(tracing, { isTrusted: config.trustsTraceparent })] : []),
    ...(metrics ? [metrics.plugin] : []),
  ],
});
if (config.logins.length === 0) logger.warn("ADMIN_PASSWORD is not set: the operators' pages are closed");
if (config.apiKeys.size === 0) logger.warn('API_KEYS is not set: anybody who reaches /users may sign up');
if (!config.signUpLimit) logger.warn('RATE_LIMIT is off: one client may sign up without end');

let metricsServer: MetricsServer | undefined;
const stopTimeoutMs = config.drainDelayMs + config.shutdownTimeoutMs;
closeWithGrace({ delay: stopTimeoutMs, logger }, async ({ signal, err }) => {
  if (err) logger.fatal(err, 'API failed');
  logger.info({ signal }, 'API stops');
  draining = true;
  if (!err) await sleep(config.drainDelayMs);
  await app.close();
  await Promise.all([
    ...[...shards.all, ...adminShards.all].map(({ queues }) => queues.close()),
    database?.close(),
  ]);
  for (const opened of [shards, adminShards, subscribers])
    for (const { connection } of opened.all) connection.disconnect();
  replicas?.close();
  await Promise.all([metricsServer?.close(), tracing?.close()]);
});

if (metrics && config.metricsPort !== undefined) {
  metricsServer = await startMetricsServer({
    host: config.host,
    port: config.metricsPort,
    sources: { '/metrics': metrics.source, '/scaling': metrics.scaling },
  });
}

await app.listen({ host: config.host, port: config.port });
