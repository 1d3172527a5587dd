import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import {
  appMain,
  freePort,
  isPortFree,
  startApi,
  startMailbox,
  startRedis,
  startWorker,
} from '@backend-jobs/local-services';
import { migrate } from '@backend-jobs/postgres';
import { type HostAndPort, serversOf } from '@backend-jobs/redis';
import { migrations } from '@backend-jobs/sign-ups';
import type { DevConfig, NamedDatabase, NamedRedis } from './config.ts';
import { keptSecret } from './kept-secret.ts';
import { openOwnDatabase } from './own-database.ts';
import { readLoad } from './read-load.ts';
import { openWorkerPool } from './worker-pool.ts';

export interface Launched {
  apiUrl: string;
  mailboxUrl: string | undefined;
  /** Of the Redis that was started; `undefined` when `REDIS_URL` named one. */
  redisUrl: string | undefined;
  /** Of the PostgreSQL that was started. */
  databaseUrl: string | undefined;
  admin: { user: string; password: string };
  /** Rejects when one of the apps ends by itself. It never resolves. */
  appEnd: Promise<never>;
}

interface Place {
  /** Where all data are kept, from one start to the next. */
  folder: string;
  /** Whether to start a PostgreSQL, unless `DATABASE_URL` names one. */
  onPostgres: boolean;
}

/**
 * Starts everything that a sign-up needs, each app in its own process, and waits until they are ready. It
 * puts whatever it opens on `opened`, even if a later step fails, and passes each step to `report`, as one
 * line.
 */
export const launch = async (
  config: DevConfig,
  { folder, onPostgres }: Place,
  opened: AsyncDisposableStack,
  report: (line: string) => void,
): Promise<Launched> => {
  if (config.redis) await requireRedis(config.redis);
  const ownsDatabase = onPostgres && !config.database;
  // What one store has left in Redis is not for the other one.
  const redisFolder = join(folder, ownsDatabase ? 'on-postgres/redis' : 'redis');
  const redisUrl = config.redis?.url ?? (await openRedis(redisFolder, opened, report));
  await requireFreePort('PORT', config.port);
  const database = ownsDatabase
    ? await openOwnDatabase({ folder: join(folder, 'on-postgres/database') }, opened, report)
    : config.database;
  if (database) await migrateDatabase(database, report);
  const mailbox = config.smtpUrl ? undefined : await planMailbox(config.mailboxPort);
  const smtpUrl = config.smtpUrl ?? mailbox?.smtpUrl;
  const apiUrl = `http://127.0.0.1:${config.port}`;
  const admin = {
    user: config.adminUser,
    password: config.adminPassword ?? randomBytes(9).toString('base64url'),
  };
  const shared = {
    REDIS_URL: redisUrl,
    DATABASE_URL: database?.url,
    HASH_SECRET: config.hashSecret ?? keptSecret(join(folder, 'hash-secret')),
    LOG_LEVEL: config.logLevel,
    SHUTDOWN_TIMEOUT: '4s',
    DRAIN_DELAY: '0s',
  };

  // What the API says there decides the number of workers.
  const metricsPort = config.workers === 'auto' ? String(await freePort()) : undefined;

  // Each app takes a second or two to load. The API and the mailbox are started first, since a person waits for them.
  const startMail = mailbox ? [mailbox.start()] : [];
  stopLater(opened, startMail);
  const startingApi = startApi({
    main: appMain('api'),
    port: config.port,
    env: { ...shared, ADMIN_USER: admin.user, ADMIN_PASSWORD: admin.password, METRICS_PORT: metricsPort },
  });
  stopLater(opened, [startingApi]);
  const api = await startingApi;
  const start = () => startWorker({ main: appMain('worker'), env: { ...shared, SMTP_URL: smtpUrl } });
  const pool = openWorkerPool({ start, report });
  opened.defer(() => pool.stop());
  await Promise.all([pool.change(config.workers === 'auto' ? 1 : config.workers), ...startMail]);
  if (metricsPort) pool.follow(() => readLoad(metricsPort));
  const apiEnd = api.exited.then((how) => {
    throw new Error(`The API ended by itself (${how}). Its log above shows the reason`);
  });
  return {
    apiUrl,
    mailboxUrl: mailbox?.webUrl,
    redisUrl: config.redis ? undefined : redisUrl,
    databaseUrl: ownsDatabase ? database?.url : undefined,
    admin,
    appEnd: Promise.race([apiEnd, pool.failed]),
  };
};

const openRedis = async (
  dataDir: string,
  opened: AsyncDisposableStack,
  report: (line: string) => void,
): Promise<string> => {
  const redis = await startRedis({ dataDir, report });
  opened.defer(() => redis.stop());
  return redis.url;
};

/** Chooses the ports of the mailbox before it runs, so that the workers need not wait for it. */
const planMailbox = async (webPort: number) => {
  await requireFreePort('MAILBOX_PORT', webPort);
  const smtpPort = await freePort();
  return {
    smtpUrl: `smtp://127.0.0.1:${smtpPort}`,
    webUrl: `http://127.0.0.1:${webPort}`,
    start: () => startMailbox({ smtpPort, webPort }),
  };
};

/** Puts what is being started on `opened`. It is stopped even if another part did not start. */
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

const migrateDatabase = async (database: NamedDatabase, report: (line: string) => void): Promise<void> => {
  const applied = await migrate(database, migrations);
  if (applied.length > 0) report(`PostgreSQL: the schema has ${applied.join(', ')} now`);
};

const requireRedis = async (redis: NamedRedis): Promise<void> => {
  const servers = serversOf(redis);
  await Promise.any(servers.map(reach)).catch((cause) => {
    const places = servers.map(({ host, port }) => `${host}, ${port}`).join('; ');
    throw new Error(`There is no Redis at the host and port of REDIS_URL: ${places}`, { cause });
  });
};

const reach = async ({ host, port }: HostAndPort): Promise<void> => {
  const socket = connect({ host, port, timeout: 3_000 });
  socket.once('timeout', () => socket.destroy(new Error('no reply after 3 s')));
  try {
    await once(socket, 'connect');
  } finally {
    socket.destroy();
  }
};

const requireFreePort = async (variable: string, port: number): Promise<void> => {
  if (await isPortFree(port)) return;
  throw new Error(`Port ${port} is taken. Choose another: ${variable}=${port + 1} npm start`);
};
