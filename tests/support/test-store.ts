import { createTestDatabase } from '@backend-jobs/local-services';
import { type Database, openDatabase, parseDatabaseUrl, patient } from '@backend-jobs/postgres';
import { inject } from 'vitest';

const postgresUrl = inject('postgresUrl');

/** What keeps the sign-ups in this run: the same tests run with each of them. */
export const store = postgresUrl === undefined ? 'redis' : 'postgres';

/** Declares a test of one store. In the runs of the other there is no such test, so that none is left out. */
export const onlyOn = <Declare extends (name: string, ...rest: never[]) => void>(
  only: typeof store,
  declare: Declare,
): Declare => (only === store ? declare : ((() => {}) as unknown as Declare));

/** The database as somebody has it who looks into it from outside. */
export const openPatientDatabase = (url: string): Database =>
  openDatabase(parseDatabaseUrl(url, { isProduction: false }), { name: 'test', poolSize: 4, ...patient });

/**
 * The environment of apps that have a store of their own. What was opened for it goes on `opened`. No disk is waited for
 * in tests, and who was accepted while Redis was away is not waited for so long either.
 */
export const openStoreEnv = async (opened: AsyncDisposableStack): Promise<Record<string, string>> => {
  if (postgresUrl === undefined) return {};
  const database = await createTestDatabase(postgresUrl);
  opened.defer(() => database.stop());
  return { DATABASE_URL: database.url, DATABASE_ALLOW: 'async-commit', RECONCILE_INTERVAL: '1s' };
};
