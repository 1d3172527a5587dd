import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { freePort, isPortFree, startMailbox, startRedis } from '@backend-jobs/local-services';
import type { DevConfig } from './config.ts';
import { type RunningApp, startApp } from './start-app.ts';

export interface Launched {
  apiUrl: string;
  mailboxUrl: string | undefined;
  admin: { user: string; password: string };
  /** Rejects when one of the apps ends by itself. */
  broken: Promise<never>;
}

/**
 * Starts all that a sign-up needs, each app in a process of its own, and waits until they are ready. What it opens it
 * puts on `opened`, also when it fails half-way. `report` is told what is done, a line each.
 */
export const launch = async (
  config: DevConfig,
  opened: AsyncDisposableStack,
  report: (line: string) => void,
): Promise<Launched> => {
  if (config.REDIS_URL) await requireAnswer('REDIS_URL', config.REDIS_URL);
  const redisUrl = config.REDIS_URL ?? (await openRedis(opened, report));
  await requireFreePort('PORT', config.PORT);
  const mailbox = config.SMTP_URL === undefined ? await openMailbox(opened, config.MAILBOX_PORT) : undefined;
  const smtpUrl = config.SMTP_URL ?? mailbox?.smtpUrl;
  const apiUrl = `http://127.0.0.1:${config.PORT}`;
  const admin = {
    user: config.ADMIN_USER,
    password: config.ADMIN_PASSWORD ?? randomBytes(9).toString('base64url'),
  };
  const shared = {
    REDIS_URL: redisUrl,
    LOG_LEVEL: config.LOG_LEVEL,
    SHUTDOWN_TIMEOUT: '4s',
    DRAIN_DELAY: '0s',
  };

  const startApi = startApp({
    app: 'api',
    env: { ...shared, PORT: String(config.PORT), ADMIN_USER: admin.user, ADMIN_PASSWORD: admin.password },
    readyUrl: `${apiUrl}/readyz`,
  });
  const startWorkers = Array.from({ length: config.WORKERS }, async () => {
    const port = await freePort();
    const env = { ...shared, SMTP_URL: smtpUrl, HEALTH_PORT: String(port) };
    return startApp({ app: 'worker', env, readyUrl: `http://127.0.0.1:${port}/readyz` });
  });
  const apps = await openApps(opened, [startApi, ...startWorkers]);
  const broken = Promise.race(apps.map(({ exited }) => exited)).then((how) => {
    throw new Error(`An app ended by itself (${how}); its log above says why`);
  });
  return { apiUrl, mailboxUrl: mailbox?.webUrl, admin, broken };
};

const openRedis = async (opened: AsyncDisposableStack, report: (line: string) => void): Promise<string> => {
  const redis = await startRedis({
    dataDir: fileURLToPath(new URL('../../../.data/redis', import.meta.url)),
    report,
  });
  opened.defer(() => redis.stop());
  return redis.url;
};

const openMailbox = async (opened: AsyncDisposableStack, webPort: number) => {
  await requireFreePort('MAILBOX_PORT', webPort);
  const mailbox = await startMailbox({ webPort });
  opened.defer(() => mailbox.stop());
  return mailbox;
};

/** Waits for all; those that run are put on `opened` together, also when one of them did not start. */
const openApps = async (
  opened: AsyncDisposableStack,
  starts: Promise<RunningApp>[],
): Promise<RunningApp[]> => {
  const results = await Promise.allSettled(starts);
  const apps = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  opened.defer(async () => {
    await Promise.all(apps.map((app) => app.stop(6_000)));
  });
  const failure = results.find((result) => result.status === 'rejected');
  if (failure) throw failure.reason;
  return apps;
};

const requireAnswer = async (variable: string, url: string): Promise<void> => {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port || 6379), timeout: 3_000 });
  socket.once('timeout', () => socket.destroy(new Error('no answer after 3 s')));
  try {
    await once(socket, 'connect');
  } catch (cause) {
    throw new Error(`Nothing answers where ${variable} leads: ${hostname}:${port || 6379}`, { cause });
  } finally {
    socket.destroy();
  }
};

const requireFreePort = async (variable: string, port: number): Promise<void> => {
  if (await isPortFree(port)) return;
  throw new Error(`Port ${port} is taken. Choose another: ${variable}=${port + 1} npm start`);
};
