import type { Server } from 'node:http';
import { createSignUpFlow } from '@backend-jobs/jobs';
import { connectWorker, watchRedis } from '@backend-jobs/redis';
import {
  createKeyedHash,
  createLogger,
  readEnvironmentOrExit,
  toMs,
  toRate,
  untilDeadline,
} from '@backend-jobs/runtime';
import { createRedisUserStore, type OnUnknown } from '@backend-jobs/sign-ups';
import type { Worker } from 'bullmq';
import closeWithGrace from 'close-with-grace';
import { WorkerConfig } from './config.ts';
import { startHealthServer } from './health-server.ts';
import { createMailer } from './mail/mailer.ts';
import { createWelcomeEmailComposer } from './mail/welcome-email.ts';
import { createUserTask } from './processors/create-user.ts';
import { reconcileSignUpsTask } from './processors/reconcile-sign-ups.ts';
import { sendWelcomeEmailTask } from './processors/send-welcome-email.ts';
import { startWorker } from './start-worker.ts';

const config = readEnvironmentOrExit(WorkerConfig, process.env);
const prefix = config.KEY_PREFIX;
const from = config.MAIL_FROM ?? 'Backend Jobs <welcome@backend-jobs.example>';
const production = config.NODE_ENV === 'production';
const logger = createLogger({
  process: 'worker',
  level: config.LOG_LEVEL,
  production,
});

const connection = connectWorker(config.REDIS_URL, 'worker');
watchRedis(connection, { logger, production, allowed: config.REDIS_ALLOW.split(',') });
const mailer = createMailer({ smtpUrl: config.SMTP_URL, maxConnections: config.EMAILS_CONCURRENCY });
const users = createRedisUserStore(connection, {
  keyPrefix: prefix,
  hash: createKeyedHash(config.HASH_SECRET),
});
const signUps = createSignUpFlow({ connection, prefix });

const shared = { connection, prefix, logger };
const sendTask = sendWelcomeEmailTask({
  ...{ users, signUps, mailer, logger },
  composeWelcomeEmail: createWelcomeEmailComposer(from),
  onUnknown: config.WELCOME_EMAIL_ON_UNKNOWN as OnUnknown,
  deadlineMs: toMs(config.WELCOME_EMAIL_DEADLINE),
});
const workers: Worker[] = [];
let health: Server | undefined;

// Before anything works, so that a signal finds what there is to finish.
const shutdownTimeoutMs = toMs(config.SHUTDOWN_TIMEOUT);
closeWithGrace({ delay: shutdownTimeoutMs + 1_000, logger }, async ({ signal, err }) => {
  if (err) logger.fatal(err, 'worker failed');
  logger.info({ signal }, 'worker stops: finishes what it holds');
  health?.close();
  const finished = await untilDeadline(
    Promise.all(workers.map((worker) => worker.close())),
    shutdownTimeoutMs,
  );
  if (!finished) logger.warn('worker stops unfinished: what it still holds, another takes over');
  mailer.close();
  await signUps.close();
  connection.disconnect();
});

/** A BullMQ worker heeds a hold on its queue only if it has a limiter: this one is too high to limit. */
const unlimited = { max: 1_000_000, durationMs: 1_000 };

const reconcileEveryMs = toMs(config.RECONCILE_INTERVAL);
workers.push(
  startWorker(createUserTask({ users, signUps }), { ...shared, concurrency: config.USERS_CONCURRENCY }),
  startWorker(sendTask, {
    ...shared,
    concurrency: config.EMAILS_CONCURRENCY,
    rate: config.EMAILS_RATE === undefined ? unlimited : toRate(config.EMAILS_RATE),
  }),
  startWorker(reconcileSignUpsTask({ users, signUps, graceMs: reconcileEveryMs }), {
    ...shared,
    concurrency: 1,
  }),
);
signUps
  .scheduleReconciliation(reconcileEveryMs)
  .catch((error) => logger.error(error, 'could not schedule the reconciliation'));

const isReady = async () => {
  const runs = workers.every((worker) => worker.isRunning());
  return runs && (await untilDeadline(connection.ping(), 1_000).catch(() => false));
};
if (config.HEALTH_PORT !== undefined) {
  health = await startHealthServer({ host: config.HOST, port: config.HEALTH_PORT, isReady });
}
logger.info({ users: config.USERS_CONCURRENCY, emails: config.EMAILS_CONCURRENCY }, 'worker started');
