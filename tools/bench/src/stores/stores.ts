import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { exactProcessorMs, type RunningApi } from '@backend-jobs/local-services';
import { migrate, parseDatabaseUrl } from '@backend-jobs/postgres';
import { migrations } from '@backend-jobs/sign-ups';
import { type Bench, openServices, type Services } from '../bench.ts';
import type { Contender } from '../contenders/contender.ts';
import { ours, oursOn } from '../contenders/ours.ts';
import { expressGraphile } from '../contenders/rivals.ts';
import { startApis } from '../contenders/start-apis.ts';
import { clearRedis, redisProcessorMs } from '../redis-facts.ts';
import type { Meter } from '../turns/meter.ts';
import { type Store, storeOnRedis } from '../turns/work-turns.ts';
import { type BenchDatabase, type BenchPostgres, openPostgres } from './open-postgres.ts';

export type StoreName = 'ours' | 'ours on PostgreSQL' | 'ours on PostgreSQL, filled' | 'express-graphile';

export interface Stores {
  services: Services;
  byName: Record<StoreName, Store<StoreName>>;
  apis: Map<StoreName, RunningApi>;
  meter: Meter<'process' | 'redis' | 'postgres'>;
}

/** One Redis and one PostgreSQL for all of them, who take turns. */
export const openStores = async (bench: Bench): Promise<Stores> => {
  const services = await openServices(bench);
  const postgres = await openPostgres(bench);
  const { redis } = services;
  const onBoth = (contender: Contender<StoreName>, database: BenchDatabase): Store<StoreName> => ({
    ...storeOnRedis(contender, redis),
    clear: async () => {
      await clearRedis(redis);
      await clearUsers(database);
    },
    settle: () => analyze(database),
  });
  const empty = await openMigrated(postgres, 'empty');
  const filled = await openMigrated(postgres, 'filled');
  await fill(filled, bench.scale.stores.users);
  const peer = await openPeer(postgres);
  const byName: Record<StoreName, Store<StoreName>> = {
    ours: storeOnRedis<StoreName>(ours, redis),
    'ours on PostgreSQL': onBoth(oursOn('ours on PostgreSQL', empty.url), empty),
    'ours on PostgreSQL, filled': onBoth(oursOn('ours on PostgreSQL, filled', filled.url), filled),
    'express-graphile': peer,
  };
  const contenders = Object.values(byName).map(({ contender }) => contender);
  return {
    services,
    byName,
    apis: await startApis(contenders, services, bench.opened),
    meter: async (pid) => {
      const times = [exactProcessorMs(pid), redisProcessorMs(redis), postgres.processorMs()] as const;
      const [process, ofRedis, ofPostgres] = await Promise.all(times);
      return { process: process * 1_000, redis: ofRedis * 1_000, postgres: ofPostgres * 1_000 };
    },
  };
};

const openMigrated = async (postgres: BenchPostgres, name: string): Promise<BenchDatabase> => {
  const database = await postgres.createDatabase(name);
  await migrate(parseDatabaseUrl(database.url, { isProduction: false }), migrations);
  return database;
};

/**
 * Has PostgreSQL count what is there, as it does by itself within a minute. Until then it goes by plans that it made when
 * the tables were empty, and reads the whole of them.
 */
const analyze = async ({ sql }: BenchDatabase): Promise<void> => void (await sql('VACUUM ANALYZE'));

const fillUsers = readFileSync(new URL('./fill-users.sql', import.meta.url), 'utf8');

const fill = async (database: BenchDatabase, users: number): Promise<void> => {
  await database.sql(fillUsers, [users]);
  await analyze(database);
  await database.sql('CHECKPOINT');
};

/** Those who were there from the first have older ids. */
const clearUsers = async ({ sql }: BenchDatabase): Promise<void> => {
  const [row] = await sql('SELECT max(id::text) AS last FROM users WHERE email LIKE $1', [
    '%@mail-%.example',
  ]);
  await sql('TRUNCATE sign_up_counts, idempotency_keys');
  for (const table of ['users', 'sign_ups']) {
    if (row?.last) await sql(`DELETE FROM ${table} WHERE id > $1`, [row.last]);
    else await sql(`TRUNCATE ${table}`);
    await sql(`VACUUM ANALYZE ${table}`);
  }
};

const openPeer = async (postgres: BenchPostgres): Promise<Store<StoreName>> => {
  const database = await postgres.createDatabase('peer');
  const { url, sql } = database;
  await sql(
    'CREATE TABLE users (id uuid PRIMARY KEY, name text NOT NULL, email text NOT NULL UNIQUE, created_at timestamptz NOT NULL)',
  );
  return {
    contender: expressGraphile(url),
    clear: async () => {
      await sql('TRUNCATE users');
      await analyze(database);
    },
    settle: () => analyze(database),
    untilFinished: async () => {
      for (const deadline = Date.now() + 20_000; ; await sleep(20)) {
        const [row] = await sql(
          'SELECT count(*)::int AS left, count(last_error)::int AS failed FROM graphile_worker.jobs',
        );
        if (row?.left === 0) return;
        if (Number(row?.failed) > 0 || Date.now() > deadline)
          throw new Error(`${row?.left} jobs are left over, ${row?.failed} of them failed`);
      }
    },
  };
};
