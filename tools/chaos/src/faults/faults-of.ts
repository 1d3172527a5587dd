import type { Store } from '../options.ts';
import { apiFaults, databaseHalfOpen, workerFaults } from './app-faults.ts';
import { mailFaults } from './mail-faults.ts';
import { postgresFaults } from './postgres-faults.ts';
import { lossesOfRedis, redisFaults } from './redis-faults.ts';

/** All that can break when the sign-ups are in `store`. Their order decides what a seed means. */
export const faultsOf = (store: Store) => {
  const onRedis = { api: apiFaults, worker: workerFaults, redis: redisFaults, mail: mailFaults };
  if (store === 'redis') return { ...onRedis, postgres: {} };
  return {
    api: { ...apiFaults, 'connection to PostgreSQL half-open': { ...databaseHalfOpen, mayCopy: false } },
    worker: { ...workerFaults, 'connection to PostgreSQL half-open': databaseHalfOpen },
    redis: { ...redisFaults, ...lossesOfRedis },
    mail: mailFaults,
    postgres: postgresFaults,
  };
};
