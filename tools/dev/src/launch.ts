import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import {
  appMain,
  freePort,
  isPortFree,
  startApi,
  startMailbox,
  startRedis,
  startWorker,
} from '@backend-jobs/local-services';
import type { DevConfig, NamedRedis } from './config.ts';

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
  if (config.redis) await requireAnswer(config.redis);
  const redisUrl = config.redis?.url ?? (await openRedis(opened, report));
  await requireFreePort('PORT', config.port);
  const mailbox = config.smtpUrl ? undefined : await planMailbox(config.mailboxPort);
  const smtpUrl = config.smtpUrl ?? mailbox?.smtpUrl;
  const apiUrl = `http://127.0.0.1:${config.port}`;
  const admin = {
    user: config.adminUser,
    password: config.adminPassword ?? randomBytes(9).toString('base64url'),
  };
  const shared = {
    REDIS_URL: redisUrl,
    LOG_LEVEL: config.logLevel,
    SHUTDOWN_TIMEOUT: '4s',
    DRAIN_DELAY: '0s',
  };

  // Each takes a second or two of work to load. What a client waits for goes first: the API, beside the mailbox.
  const startMail = mailbox ? [mailbox.start()] : [];
  stopLater(opened, startMail);
  const startingApi = startApi({
    main: appMain('api'),
    port: config.port,
    env: { ...shared, ADMIN_USER: admin.user, ADMIN_PASSWORD: admin.password },
  });
  stopLater(opened, [startingApi]);
  const api = await startingApi;
  const startingWorkers = Array.from({ length: config.workers }, () =>
    startWorker({ main: appMain('worker'), env: { ...shared, SMTP_URL: smtpUrl } }),
  );
  stopLater(opened, startingWorkers);
  const [workers] = await Promise.all([Promise.all(startingWorkers), ...startMail]);
  const apps = [api, ...workers];
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

/** Where the mailbox will be, before it is: the workers are told, and need not wait for it. */
const planMailbox = async (webPort: number) => {
  await requireFreePort('MAILBOX_PORT', webPort);
  const smtpPort = await freePort();
  return {
    smtpUrl: `smtp://127.0.0.1:${smtpPort}`,
    webUrl: `http://127.0.0.1:${webPort}`,
    start: () => startMailbox({ smtpPort, webPort }),
  };
};

/** Puts what is being started on `opened`: it is stopped, all of it at once, also when another did not start. */
const stopLater = (opened: AsyncDisposableStack, starts: Promise<{ stop(): Promise<void> }>[]): void => {
  opened.defer(async () => {
    await Promise.all(
      starts.map((start) =>
        start.then(
          (started) => started.stop(),
          () => {},
        ),
      ),
    );
  });
};

const requireAnswer = async ({ host, port }: NamedRedis): Promise<void> => {
  const socket = connect({ host, port, timeout: 3_000 });
  socket.once('timeout', () => socket.destroy(new Error('no answer after 3 s')));
  try {
    await once(socket, 'connect');
  } catch (cause) {
    throw new Error(`No Redis at the host and port of REDIS_URL: ${host}, ${port}`, { cause });
  } finally {
    socket.destroy();
  }
};

const requireFreePort = async (variable: string, port: number): Promise<void> => {
  if (await isPortFree(port)) return;
  throw new Error(`Port ${port} is taken. Choose another: ${variable}=${port + 1} npm start`);
};
