import { once } from 'node:events';
import {
  createJobRemoval,
  createRedrives,
  createSignUpProducer,
  openQueues,
  type Queues,
} from '@backend-jobs/jobs';
import { openTestRedis } from '@backend-jobs/local-services';
import { readDeliveries } from '@backend-jobs/mail/deliveries';
import { createMailPulse } from '@backend-jobs/mail/mail-pulse';
import { connectProducer, connectSubscriber, createWriteProbe, parseRedisUrl } from '@backend-jobs/redis';
import { createKeyedHash, errorLogging } from '@backend-jobs/runtime';
import {
  createAcceptanceCheck,
  createRedisSignUpChanges,
  openStores,
  type SignUpLimits,
  type SignUpStore,
  type WelcomeEmailLedger,
} from '@backend-jobs/sign-ups';
import { pino } from 'pino';
import { test as base, expect } from 'vitest';
import { createTrail } from '../../src/admin/access/trail.ts';
import { type AppOptions, buildApp } from '../../src/app.ts';
import { createBoardHistory } from '../../src/dashboard/board-history.ts';
import { createIdempotencyKeys } from '../../src/idempotency/idempotency-keys.ts';
import { createQueueIntake } from '../../src/intake/queue-intake.ts';
import { createSignUps } from '../../src/sign-ups.ts';
import { createSignUpStreams, type SignUpStreams } from '../../src/streams/sign-up-streams.ts';
import { adminLogin, apiKeys } from './credentials.ts';

/** An API in this process, put together as `main.ts` does it. It does not listen: requests reach it by `inject`. */
export interface TestApi {
  app: Awaited<ReturnType<typeof buildApp>>;
  streams: SignUpStreams;
  signUpStore: SignUpStore;
  welcomeEmails: WelcomeEmailLedger;
  queues: Queues;
  connection: ReturnType<typeof connectProducer>;
  /** The lines that it has logged since `forgetLog()`. */
  readLog(): Record<string, unknown>[];
  forgetLog(): void;
}

type Replaceable = Pick<
  AppOptions,
  | 'observers'
  | 'basePath'
  | 'signUpLimit'
  | 'apiKeys'
  | 'trustProxy'
  | 'isDraining'
  | 'keyPrefix'
  | 'hasSignUpPage'
>;

interface TestApiOptions extends Partial<Replaceable> {
  redisUrl?: string;
  limits?: SignUpLimits;
  streamLimits?: { max?: number; maxOpenMs?: number };
  logins?: AppOptions['admin']['logins'];
}

/** Only an API that listens has connections. */
const connectionLimits: AppOptions['connectionLimits'] = {
  responseTimeoutMs: 30_000,
  maxConnections: 1_000,
  maxConnectionsPerAddress: 1_000,
  maxRequestsPerConnection: 1_000,
  maxUnsentBytes: 1_000_000,
};

const openTestApi = async (
  opened: AsyncDisposableStack,
  {
    redisUrl,
    keyPrefix,
    logins = [adminLogin],
    limits,
    streamLimits,
    ...options
  }: TestApiOptions & { redisUrl: string; keyPrefix: string },
): Promise<TestApi> => {
  const connection = connectProducer(parseRedisUrl(redisUrl), { name: 'api', keyPrefix });
  opened.defer(() => connection.disconnect());
  await once(connection, 'ready');
  const hashSecret = 'a-secret-for-tests';
  const hash = createKeyedHash(hashSecret);
  const stores = openStores(connection, { keyPrefix, hashSecret, ...(limits && { limits }) });
  const { signUpStore } = stores;
  const queues = openQueues({ connection, prefix: keyPrefix });
  opened.defer(() => queues.close());
  const boardQueues = [queues.users, queues.emails, queues.maintenance];
  const idempotencyKeys = createIdempotencyKeys(connection, { keyPrefix, hash });
  const producer = createSignUpProducer(queues);
  const requireAcceptance = createAcceptanceCheck(connection, keyPrefix);
  const intake = createQueueIntake({ signUpStore, producer, idempotencyKeys, requireAcceptance });
  const signUps = createSignUps(signUpStore, intake);
  const subscriber = connectSubscriber(parseRedisUrl(redisUrl), { name: 'changes', keyPrefix });
  opened.defer(() => subscriber.disconnect());
  const lines: string[] = [];
  const logger = pino({ level: 'debug', ...errorLogging }, { write: (line) => lines.push(line) });
  const changes = createRedisSignUpChanges(subscriber, { keyPrefix, onRefused: () => {} });
  const streams = createSignUpStreams({ signUps, changes, logger, max: 3, ...streamLimits });
  const app = await buildApp({
    logger,
    connection,
    canWrite: createWriteProbe(connection, keyPrefix),
    keyPrefix,
    hash,
    signUps,
    streams,
    hasSignUpPage: true,
    basePath: '',
    signUpLimit: undefined,
    apiKeys: new Map(),
    admin: {
      logins,
      trail: createTrail(connection, keyPrefix),
      service: {
        queues,
        connection,
        welcomeEmails: stores.welcomeEmails,
        pulse: createMailPulse(connection, keyPrefix),
      },
      find: { connection, queues, signUpStore },
      redrives: createRedrives({ connection, prefix: keyPrefix, queues, ...stores }),
      readDeliveries: (fromMs) => readDeliveries(connection, keyPrefix, fromMs),
      board: {
        queues: boardQueues,
        removal: createJobRemoval(queues, stores),
        history: createBoardHistory(connection, boardQueues, keyPrefix),
      },
    },
    isOwnHost: undefined,
    trustProxy: undefined,
    timeoutsMs: { request: 10_000, headers: 5_000, keepAlive: 72_000 },
    connectionLimits,
    isDraining: () => false,
    ...options,
  });
  opened.defer(() => app.close());
  await app.ready();
  return {
    app,
    streams,
    welcomeEmails: stores.welcomeEmails,
    signUpStore,
    queues,
    connection,
    readLog: () => lines.map((line) => JSON.parse(line)),
    forgetLog: () => lines.splice(0),
  };
};

/**
 * `openApi` opens an API on the Redis of this test process, under a key prefix of the test file. The tests of a file share
 * `api`, which is open to everybody, and `keyed`, which has API keys. No worker runs: a sign-up stays queued unless a
 * test decides it in the store. Extend this `test` no further in a test file: each extension starts a Redis of its own.
 */
export const test = base
  // biome-ignore lint/correctness/noEmptyPattern: vitest requires a pattern for a fixture that uses no other
  .extend('redis', { scope: 'worker' }, async ({}, { onCleanup }) => {
    const redis = await openTestRedis();
    onCleanup(() => redis.stop());
    return redis;
  })
  .extend('openApi', { scope: 'file' }, async ({ redis }, { onCleanup }) => {
    const opened = new AsyncDisposableStack();
    onCleanup(() => opened.disposeAsync());
    const keyPrefix = `${redis.prefix}:${crypto.randomUUID()}`;
    return (options: TestApiOptions = {}) =>
      openTestApi(opened, { redisUrl: redis.url, keyPrefix, ...options });
  })
  .extend('api', { scope: 'file' }, async ({ openApi }) => openApi())
  .extend('keyed', { scope: 'file' }, async ({ openApi }) => openApi({ apiKeys }));

/** Sends `POST /users`. A body that is a string is sent as it is, any other as JSON. */
export const post = ({ app }: TestApi, body: unknown, headers: Record<string, string> = {}) =>
  app.inject({
    method: 'POST',
    url: '/users',
    headers: { 'content-type': 'application/json', ...headers },
    payload: typeof body === 'string' ? body : JSON.stringify(body),
  });

/** Signs up, and returns the id of the accepted sign-up. */
export const signUp = async (api: TestApi, email: string, headers = {}): Promise<string> => {
  const response = await post(api, { name: 'Ada Lovelace', email }, headers);
  expect(response.statusCode).toBe(202);
  return response.json<{ id: string }>().id;
};

/** Signs up, and makes the user as a worker would. */
export const createUser = async (api: TestApi, email: string, headers = {}): Promise<string> => {
  const id = await signUp(api, email, headers);
  await api.signUpStore.create(id, { name: 'Ada Lovelace', email, locale: 'en' });
  return id;
};
