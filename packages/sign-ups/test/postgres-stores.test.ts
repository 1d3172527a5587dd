import { findMachinePart, findPostgres, openTestDatabase, openTestRedis } from '@backend-jobs/local-services';
import { type Database, migrate, openDatabase, parseDatabaseUrl, patient } from '@backend-jobs/postgres';
import { connectSubscriber, oneShard, parseRedisUrl } from '@backend-jobs/redis';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe } from 'vitest';
import {
  createRedisSignUpChanges,
  migrations,
  openStores,
  type SignUpEvents,
  type SignUpLimits,
} from '../src/index.ts';
import { describeAcceptedSignUps } from './contracts/accepted-sign-ups-contract.ts';
import { describeChanges } from './contracts/changes-contract.ts';
import { describeHardCases } from './contracts/hard-cases-contract.ts';
import { describeSignUpEvents } from './contracts/sign-up-events-contract.ts';
import { describeSignUpStore } from './contracts/sign-up-store-contract.ts';
import { describeWelcomeEmailLedger } from './contracts/welcome-email-ledger-contract.ts';

const opened = new AsyncDisposableStack();
let redisUrl: string;
let redis: Redis;
beforeAll(async () => {
  const started = await openTestRedis();
  opened.defer(() => started.stop());
  redisUrl = started.serviceUrl;
  redis = new Redis(started.url);
  opened.defer(() => redis.disconnect());
});
afterAll(() => opened.disposeAsync());

/** Much faster than TRUNCATE, which makes new files. */
const empty = ['sign_ups', 'users', 'sign_up_counts', 'idempotency_keys']
  .map((table) => `DELETE FROM ${table}`)
  .join(';');

const layout = { keyPrefix: '{test}', hashSecret: 'for-tests' };

describe.for(['system', 'newest'] as const)('the PostgreSQL called %s', async (kind) => {
  const programs = await findMachinePart({
    name: `PostgreSQL (${kind})`,
    tests: 'the store in PostgreSQL',
    find: (search) => findPostgres(kind, search),
  });
  beforeEach(programs.orSkip);
  let url: string;
  beforeAll(async () => {
    programs.get();
    const started = await openTestDatabase(kind);
    opened.defer(() => started.stop());
    url = started.url;
    await migrate(parseDatabaseUrl(url, { isProduction: false }), migrations);
  });

  describe.for([
    ['single calls', 1],
    ['calls that are sent together', 50],
  ] as const)('in %s', ([, maxRows]) => {
    let database: Database;
    beforeAll(() => {
      const address = parseDatabaseUrl(url, { isProduction: false });
      database = openDatabase(address, { name: 'test', poolSize: 4, ...patient, maxRows });
      opened.defer(() => database.close());
    });
    const emptyStores = async (limits?: SignUpLimits, events?: SignUpEvents) => {
      await database.query({ text: empty });
      return openStores(oneShard(redis, layout.keyPrefix), {
        ...layout,
        database,
        ...(limits && { limits }),
        events,
      });
    };

    describeSignUpStore('PostgreSQL', emptyStores);
    describeWelcomeEmailLedger('PostgreSQL', () => emptyStores());
    describeAcceptedSignUps(emptyStores, (text) => database.query({ text }));
    describeSignUpEvents('PostgreSQL', (events) => emptyStores(undefined, events));
    describeHardCases(() => emptyStores());
    if (maxRows > 1)
      describeChanges(async () => {
        const subscriber = connectSubscriber(parseRedisUrl(redisUrl), { name: 'changes', ...layout });
        opened.defer(() => subscriber.disconnect());
        const changes = createRedisSignUpChanges(subscriber, { ...layout, onRefused: () => {} });
        return { stores: await emptyStores(), changes };
      });
  });
});
