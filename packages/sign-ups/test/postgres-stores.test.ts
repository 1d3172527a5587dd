import { findMachinePart, findPostgres, openTestDatabase } from '@backend-jobs/local-services';
import { type Database, migrate, openDatabase, parseDatabaseUrl, patient } from '@backend-jobs/postgres';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe } from 'vitest';
import { migrations, openStores, type SignUpLimits } from '../src/index.ts';
import { describeHardCases } from './contracts/hard-cases-contract.ts';
import { describeSignUpStore } from './contracts/sign-up-store-contract.ts';
import { describeWelcomeEmailLedger } from './contracts/welcome-email-ledger-contract.ts';

const noRedis = new Redis({ lazyConnect: true });
const { keyPrefix, hashSecret } = { keyPrefix: '{test}', hashSecret: 'for-tests' };

describe.for(['system', 'newest'] as const)('the PostgreSQL called %s', async (kind) => {
  const programs = await findMachinePart({
    name: `PostgreSQL (${kind})`,
    tests: 'the store in PostgreSQL',
    find: (search) => findPostgres(kind, search),
  });
  beforeEach(programs.orSkip);
  const opened = new AsyncDisposableStack();
  let url: string;
  beforeAll(async () => {
    programs.get();
    const started = await openTestDatabase(kind);
    opened.defer(() => started.stop());
    url = started.url;
    await migrate(parseDatabaseUrl(url, { isProduction: false }), migrations);
  });
  afterAll(() => opened.disposeAsync());

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
    const emptyStores = async (limits?: SignUpLimits) => {
      await database.query({ text: 'TRUNCATE sign_ups, users, sign_up_counts' });
      return openStores(noRedis, { keyPrefix, hashSecret, database, ...(limits && { limits }) });
    };

    describeSignUpStore('PostgreSQL', emptyStores);
    describeWelcomeEmailLedger('PostgreSQL', () => emptyStores());
    describeHardCases(() => emptyStores());
  });
});
