import { createHash, randomBytes } from 'node:crypto';
import {
  appMain,
  freePort,
  type RedisCluster,
  startApi,
  startRedisCluster,
  startSmtpServer,
  startWire,
  startWorker,
  type Wire,
} from '@backend-jobs/local-services';
import { App } from './app.ts';
import type { Options } from './options.ts';
import { maxCopies } from './outcomes.ts';
import type { ApiPart, MailPart, WorkerPart } from './parts.ts';
import { PostgresPart } from './postgres-part.ts';
import { RedisPart } from './redis-part.ts';

/** The whole service. Each app has its own process, and its own wires to Redis and to the mail server. */
export interface Service {
  store: Options['store'];
  apis: ApiPart[];
  /** With it a client sees all of a sign-up, not only its status. */
  apiKey: string;
  workers: WorkerPart[];
  /** One, or each master of a cluster. */
  redis: RedisPart[];
  /** Where the store is 'cluster'. */
  cluster: RedisCluster | undefined;
  /** Where the store is 'postgres'. */
  postgres: PostgresPart | undefined;
  /** What the processes are told of shards. */
  shardsEnv: Record<string, string>;
  mail: MailPart;
  /** One sentence for each app that ended by itself, or did not end when it should. */
  unexpectedEnds: string[];
}

/** Starts the service, and puts everything that was started on `opened`, even if a later step fails. */
export const openService = async (
  opened: AsyncDisposableStack,
  {
    store,
    appendfsync,
    shards,
    apis,
    workers,
  }: Pick<Options, 'store' | 'appendfsync' | 'shards'> & { apis: number; workers: number },
): Promise<Service> => {
  const cluster = store === 'cluster' ? await startRedisCluster({ masters: 3, appendfsync }) : undefined;
  const redis = cluster
    ? cluster.nodes.map((node) => new RedisPart(node, appendfsync))
    : [await RedisPart.open(appendfsync)];
  for (const part of redis) opened.defer(() => part.close());
  const postgres = store === 'postgres' ? await PostgresPart.open() : undefined;
  opened.defer(async () => postgres?.close());
  const mail = await openMail(opened);
  const unexpectedEnds: string[] = [];
  const apiKey = randomBytes(32).toString('base64url');
  const shardsEnv = { SHARDS: String(shards), HASH_SECRET: 'for-chaos' };
  const service: Service = {
    ...{ store, apis: [], apiKey, workers: [] },
    ...{ redis, cluster, postgres, shardsEnv, mail, unexpectedEnds },
  };
  opened.defer(async () => {
    await Promise.all([...service.apis, ...service.workers].map(({ app }) => app.stop()));
  });
  for (let number = 1; number <= apis; number++) {
    service.apis.push(await planApi(service, (what) => unexpectedEnds.push(`API ${number} ${what}`)));
  }
  for (let number = 1; number <= workers; number++) {
    service.workers.push(
      await planWorker(service, (what) => unexpectedEnds.push(`worker ${number} ${what}`)),
    );
  }
  await Promise.all([...service.apis, ...service.workers].map(({ app }) => app.start()));
  return service;
};

/** Without a wire. */
export const redisUrlOf = ({ cluster, redis: [first] }: Pick<Service, 'cluster' | 'redis'>): string =>
  cluster?.url ?? first?.server.url ?? '';

const openMail = async (opened: AsyncDisposableStack): Promise<MailPart> => {
  const server = await startSmtpServer();
  const wires: Wire[] = [];
  opened.defer(async () => {
    await Promise.all([server.stop(), ...wires.map((wire) => wire.stop())]);
  });
  return { server, wires, refused: new Set() };
};

const openMailWire = async ({ server, wires }: MailPart): Promise<Wire> => {
  const wire = await startWire(server.port);
  wires.push(wire);
  return wire;
};

// Both wait for /livez only, since they may be started while Redis is down.

const planApi = async (
  { apiKey, ...service }: Service,
  onUnexpected: (what: string) => void,
): Promise<ApiPart> => {
  const { wires, env: common } = await openStoreWires(service);
  const port = await freePort();
  const env = {
    ...common,
    API_KEYS: `chaos:${createHash('sha256').update(apiKey).digest('hex')}`,
    DRAIN_DELAY: '0s',
    RATE_LIMIT: 'off',
  };
  const start = { main: appMain('api'), env, port, readyPath: '/livez' };
  return {
    app: new App((log, more) => startApi({ ...start, env: { ...env, ...more }, log }), onUnexpected),
    url: `http://127.0.0.1:${port}`,
    ...wires,
  };
};

const planWorker = async (
  { mail, ...service }: Service,
  onUnexpected: (what: string) => void,
): Promise<WorkerPart> => {
  const { wires, env: common } = await openStoreWires(service);
  const mailWire = await openMailWire(mail);
  const env = {
    ...common,
    SMTP_URL: `smtp://127.0.0.1:${mailWire.port}`,
    RECONCILE_INTERVAL: '10s',
    WELCOME_EMAIL_MAX_COPIES: String(maxCopies),
  };
  const start = { main: appMain('worker'), env, readyPath: '/livez' };
  const app = new App((log, more) => startWorker({ ...start, env: { ...env, ...more }, log }), onUnexpected);
  return { app, ...wires, mailWire };
};

/** An app's own wires to what keeps data, and the environment of an app that has them. */
const openStoreWires = async (service: Pick<Service, 'redis' | 'cluster' | 'postgres' | 'shardsEnv'>) => {
  const { redis, cluster, postgres, shardsEnv } = service;
  const redisWire = cluster ? undefined : await redis[0]?.openWire();
  const databaseWire = await postgres?.openWire();
  return {
    wires: { redisWire, databaseWire },
    env: {
      ...shardsEnv,
      REDIS_URL: redisWire ? `redis://127.0.0.1:${redisWire.port}` : redisUrlOf(service),
      ...(databaseWire && { DATABASE_URL: postgres?.urlThrough(databaseWire) ?? '' }),
      LOG_LEVEL: 'silent',
      SHUTDOWN_TIMEOUT: '5s',
    },
  };
};
