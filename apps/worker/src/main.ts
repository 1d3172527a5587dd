import type { Server } from 'node:http';
import {
  countDurations,
  createRedriveRunner,
  createSignUpRepair,
  createWelcomeEmailChild,
  durationsLayout,
  openQueuesOf,
  type QueueShard,
} from '@backend-jobs/jobs';
import {
  countDeliveries,
  createMailer,
  createMailPulse,
  createServiceHealth,
  createWelcomeEmailComposer,
  deliveriesLayout,
  spreadMailPulse,
} from '@backend-jobs/mail';
import { connectDatabase, createDatabaseProbe, patient } from '@backend-jobs/postgres';
import {
  connectWorker,
  createHourlyCounter,
  openShards,
  type RedisWatch,
  Shards,
  watchRedis,
} from '@backend-jobs/redis';
import { createLogger, messageOf, readEnvironmentOrExit, untilDeadline } from '@backend-jobs/runtime';
import { migrations, openStores, type UserId, watchMove } from '@backend-jobs/sign-ups';
import { type MetricsServer, openTracing, startMetricsServer } from '@backend-jobs/telemetry';
import type { Worker } from 'bullmq';
import closeWithGrace from 'close-with-grace';
import { canCompleteParents } from './complete-parents.ts';
import { workerVariables } from './config.ts';
import { startHealthServer } from './health-server.ts';
import { createUserProcessor } from './processors/create-user.ts';
import type { Processor } from './processors/processor.ts';
import { reconcileSignUpsProcessor } from './processors/reconcile-sign-ups.ts';
import { redriveProcessor } from './processors/redrive.ts';
import { sendWelcomeEmailProcessor } from './processors/send-welcome-email.ts';
import { shareLimits } from './share-limits.ts';
import { startWorkers } from './start-workers.ts';
import { traceMailer } from './trace-mailer.ts';

const config = readEnvironmentOrExit(workerVariables, process.env);
const production = config.isProduction;
const logger = createLogger({
  process: 'worker',
  level: config.logLevel,
  production,
  ...(config.tracing && { facts: () => tracing?.facts() ?? {} }),
});
const tracing = await openTracing(config.tracing, { service: 'backend-jobs-worker', logger });

const { keyPrefix } = config;
const shards = openQueuesOf(
  openShards(connectWorker, config.redis, { name: 'worker', keyPrefix, shards: config.shards }),
  { telemetry: tracing?.queues },
);
const redis = watchRedis(shards, { logger, production, allowed: config.redisAllow });
const usersAreHere = watchMove(shards.first.connection, {
  keyPrefix,
  usesDatabase: Boolean(config.database),
  changes: true,
});
// Loaded only where somebody wants to know.
const metrics =
  config.metricsPort === undefined
    ? undefined
    : (await import('./metrics.ts')).createWorkerMetrics({
        isRedisAway: redis.isAway,
        isMailOut: () => serviceHealth.isOut(),
        traceId: () => tracing?.facts().traceId,
      });
const plainMailer = createMailer({ settings: config.smtp, maxConnections: config.emailsConcurrency, logger });
const tracedMailer = tracing ? traceMailer(plainMailer, tracing, config.smtp.host) : plainMailer;
const mailer = metrics ? metrics.observeMailer(tracedMailer) : tracedMailer;
const database = connectDatabase(config, { name: 'worker', mode: patient, migrations, logger });
const takesWrites = database && createDatabaseProbe(database.query);
const storeOptions = {
  database,
  hashSecret: config.hashSecret,
  limits: { perMailbox: config.mailboxLimit, perDomain: config.domainLimit },
  events: metrics?.signUps,
};
const stores = openStores(shards, storeOptions);
// Figures of all shards, which the first one has.
const deliveries = createHourlyCounter(shards.first.connection, deliveriesLayout(keyPrefix));
const durations = createHourlyCounter(shards.first.connection, durationsLayout(keyPrefix));
const serviceHealth = createServiceHealth({
  pulse: spreadMailPulse(shards.all.map((shard) => createMailPulse(shard.connection, shard.keyPrefix))),
  // A shard that is away learns of it later, and must not keep the others waiting.
  pauseEmails: (durationMs) =>
    Promise.any(shards.all.map(({ queues: { emails } }) => emails.rateLimit(durationMs))),
  logger,
});

const sendWelcomeEmail = sendWelcomeEmailProcessor({
  welcomeEmails: stores.welcomeEmails,
  mailer: countDeliveries(mailer, deliveries),
  composeWelcomeEmail: createWelcomeEmailComposer(config.mailFrom),
  serviceHealth,
  maxCopies: config.maxCopies,
  deadlineMs: config.welcomeEmailDeadlineMs,
});

const openShard = (shard: QueueShard) => {
  const { connection, keyPrefix: prefix, queues } = shard;
  const ownStores = openStores(new Shards([shard]), storeOptions);
  return {
    ...shard,
    ...ownStores,
    repair: createSignUpRepair(queues, connection),
    redriveRunner: createRedriveRunner({ connection, prefix, queues, ...ownStores }),
    isOwn: (id: UserId) => shards.of(id) === shard,
  };
};
const opened = shards.map(openShard);

/** Every kind of job that this worker does, in one shard. */
const processorsOf = (shard: ReturnType<typeof openShard>): Processor[] => [
  createUserProcessor({ ...stores, child: createWelcomeEmailChild(shard.queues) }),
  sendWelcomeEmail,
  reconcileSignUpsProcessor({ ...shard, graceMs: config.reconcileIntervalMs }),
  redriveProcessor({ runner: shard.redriveRunner }),
];

const workers: Worker[] = [];
let health: Server | undefined;
let metricsServer: MetricsServer | undefined;

// Registered before anything works, so that a signal finds what there is to finish.
closeWithGrace({ delay: config.shutdownTimeoutMs + 1_000, logger }, async ({ signal, err }) => {
  if (err) logger.fatal(err, 'worker failed');
  logger.info({ signal }, 'worker stops: it finishes the jobs that it has');
  health?.close();
  mailer.close();
  const finished = await untilDeadline(
    Promise.all(workers.map((worker) => worker.close())),
    config.shutdownTimeoutMs,
  );
  if (!finished) logger.warn('worker stops with jobs unfinished: another worker takes them over');
  await untilDeadline(Promise.all([deliveries.flush(), durations.flush()]), 1_000);
  await Promise.all(shards.all.map(({ queues }) => queues.close()));
  await database?.close();
  for (const { connection } of shards.all) connection.disconnect();
  await Promise.all([metricsServer?.close(), tracing?.close()]);
});

if (metrics && config.metricsPort !== undefined) {
  metricsServer = await startMetricsServer({
    host: config.host,
    port: config.metricsPort,
    sources: { '/metrics': metrics.source },
  });
}

const isReady = async () => {
  const runs = workers.length > 0 && workers.every((worker) => worker.isRunning());
  const usable = Promise.all([redis.canWrite(), takesWrites?.()]);
  return runs && (await untilDeadline(usable, 1_000).catch(() => false));
};
if (config.healthPort !== undefined) {
  health = await startHealthServer({ host: config.host, port: config.healthPort, isReady });
}

// From here on it takes jobs.
await usersAreHere;
const limits = shareLimits(config, shards.all.length);
for (const [place, shard] of opened.all.entries()) {
  const ofShard = startWorkers(shard, processorsOf(shard), {
    redis: redis.shards.all[place] as RedisWatch,
    limits,
    logger,
    telemetry: tracing?.queues,
    observeRun: metrics?.observeRun,
  });
  workers.push(...ofShard);
}
for (const worker of workers) {
  countDurations(worker, durations);
  metrics?.watch(worker);
}
if (!canCompleteParents())
  logger.warn('this BullMQ is not known: each sign-up takes one more run of a job than it needs');

// Asked for again and again, and not planned ahead: a plan can be removed on the dashboard, lost with Redis' data, or
// made by a worker whose clock is wrong.
const reconcile = () => {
  for (const { repair, redriveRunner } of opened.all)
    Promise.all([repair.requestRun(config.reconcileIntervalMs), redriveRunner.resume()]).catch((error) =>
      logger.warn({ reason: messageOf(error) }, 'could not ask for a reconciliation'),
    );
};
reconcile();
setInterval(reconcile, config.reconcileIntervalMs).unref();

logger.info({ users: config.usersConcurrency, emails: config.emailsConcurrency }, 'worker started');
