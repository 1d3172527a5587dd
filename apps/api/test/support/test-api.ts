import { once } from 'node:events';
import { openQueuesOf, type QueueShard, type Queues } from '@backend-jobs/jobs';
import { openTestRedis } from '@backend-jobs/local-services';
import {
  connectProducer,
  connectSubscriber,
  createWriteProbe,
  openShards,
  parseRedisUrl,
  type Shards,
} from '@backend-jobs/redis';
import { createKeyedHash, errorLogging } from '@backend-jobs/runtime';
import {
  createRedisSignUpChanges,
  openStores,
  type SignUpLimits,
  type SignUpStore,
  spreadSignUpChanges,
  type WelcomeEmailLedger,
} from '@backend-jobs/sign-ups';
import { pino } from 'pino';
import { test as base, expect } from 'vitest';
import { createAdminOptions } from '../../src/admin/admin-options.ts';
import { type AppOptions, buildApp } from '../../src/app.ts';
import { createIntake } from '../../src/intake/create-intake.ts';
import { createSignUps } from '../../src/sign-ups.ts';
import { createSignUpStreams, type SignUpStreams } from '../../src/streams/sign-up-streams.ts';
import { adminLogin, apiKeys } from './credentials.ts';

/** An API in this process, put together as `main.ts` does it. It does not listen: requests reach it by `inject`. */
export interface TestApi {
  app: Awaited<ReturnType<typeof buildApp>>;
  streams: SignUpStreams;
  signUpStore: SignUpStore;
  welcomeEmails: WelcomeEmailLedger;
  shards: Shards<QueueShard>;
  /** Those of the first shard. */
  queues: Queues;
  connection: ReturnType<typeof connectProducer>;
  /** The lines that it has logged since `forgetLog()`. */
  readLog(): Record<string, unknown>[];
  forgetLog(): void;
}

type Replaceable = Pick<
  AppOptions,
  'observers' | 'basePath' | 'signUpLimit' | 'apiKeys' | 'trustProxy' | 'isDraining' | 'hasSignUpPage'
>;

interface TestApiOptions extends Partial<Replaceable> {
  redisUrl?: string;
  keyPrefix?: string;
  shards?: number;
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
    shards: count = 1,
    ...options
  }: TestApiOptions & { redisUrl: string; keyPrefix: string },
): Promise<TestApi> => {
  const address = parseRedisUrl(redisUrl);
  const shards = openQueuesOf(
    openShards(connectProducer, address, { name: 'api', keyPrefix, shards: count }),
  );
  for (const { connection, queues } of shards.all) {
    opened.defer(() => connection.disconnect());
    opened.defer(() => queues.close());
    if (connection.status !== 'ready') await once(connection, 'ready');
  }
  const hashSecret = 'a-secret-for-tests';
  const hash = createKeyedHash(hashSecret);
  const storeOptions = { hashSecret, ...(limits && { limits }) };
  const stores = openStores(shards, storeOptions);
  const { signUpStore } = stores;
  const signUps = createSignUps(signUpStore, createIntake({ shards, ...stores, hash }));
  const subscribers = openShards(connectSubscriber, address, { name: 'changes', keyPrefix, shards: count });
  for (const { connection } of subscribers.all) opened.defer(() => connection.disconnect());
  const lines: string[] = [];
  const logger = pino({ level: 'debug', ...errorLogging }, { write: (line) => lines.push(line) });
  const changes = subscribers.map((shard) =>
    createRedisSignUpChanges(shard.connection, { keyPrefix: shard.keyPrefix, onRefused: () => {} }),
  );
  const streams = createSignUpStreams({
    signUps,
    changes: spreadSignUpChanges(changes),
    logger,
    max: 3,
    ...streamLimits,
  });
  const admin = createAdminOptions(shards, { logins, stores: storeOptions });
  const probes = shards.all.map((shard) => createWriteProbe(shard.connection, shard.keyPrefix));
  const app = await buildApp({
    logger,
    shards,
    canWrite: () => Promise.any(probes.map((canWrite) => canWrite())),
    hash,
    signUps,
    streams,
    hasSignUpPage: true,
    basePath: '',
    signUpLimit: undefined,
    apiKeys: new Map(),
    admin,
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
    shards,
    queues: shards.first.queues,
    connection: shards.first.connection,
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
      openTestApi(opened, { redisUrl: redis.serviceUrl, keyPrefix, ...options });
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
