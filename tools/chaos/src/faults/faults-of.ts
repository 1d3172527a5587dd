import type { Store } from '../options.ts';
import { apiFaults, databaseHalfOpen, workerFaults } from './app-faults.ts';
import type { Fault } from './fault.ts';
import { mailFaults } from './mail-faults.ts';
import { postgresFaults } from './postgres-faults.ts';
import { lossesOfRedis, redisFaults } from './redis-faults.ts';

/** All that can break when the sign-ups are in `store`. Their order decides what a seed means. */
export const faultsOf = (store: Store) => {
  const onRedis = { api: apiFaults, worker: workerFaults, redis: redisFaults, mail: mailFaults };
  if (store === 'redis') return { ...onRedis, postgres: {} };
  if (store === 'cluster') {
    return {
      api: without(apiFaults, 'connection to Redis half-open'),
      worker: without(workerFaults, 'connection to Redis half-open'),
      // A master of a cluster can't be told to follow another server.
      redis: without(redisFaults, 'read-only', 'replaced by another, with its connections open'),
      mail: mailFaults,
      postgres: {},
    };
  }
  return {
    api: { ...apiFaults, 'connection to PostgreSQL half-open': { ...databaseHalfOpen, mayCopy: false } },
    worker: { ...workerFaults, 'connection to PostgreSQL half-open': databaseHalfOpen },
    redis: { ...redisFaults, ...lossesOfRedis },
    mail: mailFaults,
    postgres: postgresFaults,
  };
};

const without = <Part>(
  faults: Record<string, Fault<Part>>,
  ...names: string[]
): Record<string, Fault<Part>> => {
  for (const name of names) if (!faults[name]) throw new Error(`There is no fault '${name}'`);
  return Object.fromEntries(Object.entries(faults).filter(([name]) => !names.includes(name)));
};
