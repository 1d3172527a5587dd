import type { Server } from 'node:http';
import { createSignUpFlow } from '@backend-jobs/jobs';
import { connectWorker, watchRedis } from '@backend-jobs/redis';
import { createKeyedHash, createLogger, readEnvironmentOrExit, untilDeadline } from '@backend-jobs/runtime';
import { createRedisUserStore } from '@backend-jobs/sign-ups';
import type { Worker } from 'bullmq';
import closeWithGrace from 'close-with-grace';
import { workerVariables } from './config.ts';
import { startHealthServer } from './health-server.ts';
import { createMailer } from './mail/mailer.ts';
import { createWelcomeEmailComposer } from './mail/welcome-email.ts';
import { createUserTask } from './processors/create-user.ts';
import { reconcileSignUpsTask } from './processors/reconcile-sign-ups.ts';
import { sendWelcomeEmailTask } from './processors/send-welcome-email.ts';
import { startWorker } from './start-worker.ts';

const config = readEnvironmentOrExit(workerVariables, process.env);
const prefix = config.keyPrefix;
const production = config.isProduction;
const logger = createLogger({
  process: 'worker',
  level: config.logLevel,
  production,
});

const connection = connectWorker(config.redis, 'worker');
watchRedis(connection, { logger, production, allowed: config.redisAllow });
const mailer = createMailer({ smtp: config.smtp, maxConnections: config.emailsConcurrency });
const users = createRedisUserStore(connection, {
  keyPrefix: prefix,
  hash: createKeyedHash(config.hashSecret),
});
const signUps = createSignUpFlow({ connection, prefix });

const shared = { connection, prefix, logger };
const sendTask = sendWelcomeEmailTask({
  ...{ users, signUps, mailer, logger },
  composeWelcomeEmail: createWelcomeEmailComposer(config.mailFrom),
  onUnknown: config.onUnknown,
  deadlineMs: config.welcomeEmailDeadlineMs,
});
const workers: Worker[] = [];
let health: Server | undefined;

// Before anything works, so that a signal finds what there is to finish.
closeWithGrace({ delay: config.shutdownTimeoutMs + 1_000, logger }, async ({ signal, err }) => {
  if (err) logger.fatal(err, 'worker failed');
  logger.info({ signal }, 'worker stops: finishes what it holds');
  health?.close();
  const finished = await untilDeadline(
    Promise.all(workers.map((worker) => worker.close())),
    config.shutdownTimeoutMs,
  );
  if (!finished) logger.warn('worker stops unfinished: what it still holds, another takes over');
  mailer.close();
  await signUps.close();
  connection.disconnect();
});

/** A BullMQ worker heeds a hold on its queue only if it has a limiter: this one is too high to limit. */
const unlimited = { max: 1_000_000, durationMs: 1_000 };

workers.push(
  startWorker(createUserTask({ users, signUps }), { ...shared, concurrency: config.usersConcurrency }),
  startWorker(sendTask, {
    ...shared,
    concurrency: config.emailsConcurrency,
    rate: config.emailsRate ?? unlimited,
  }),
  startWorker(reconcileSignUpsTask({ users, signUps, graceMs: config.reconcileIntervalMs }), {
    ...shared,
    concurrency: 1,
  }),
);
signUps
  .scheduleReconciliation(config.reconcileIntervalMs)
  .catch((error) => logger.error(error, 'could not schedule the reconciliation'));

const isReady = async () => {
  const runs = workers.every((worker) => worker.isRunning());
  return runs && (await untilDeadline(connection.ping(), 1_000).catch(() => false));
};
if (config.healthPort !== undefined) {
  health = await startHealthServer({ host: config.host, port: config.healthPort, isReady });
}
logger.info({ users: config.usersConcurrency, emails: config.emailsConcurrency }, 'worker started');
