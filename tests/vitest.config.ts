import { configDefaults, defineConfig } from 'vitest/config';
import { leftOutReporter } from './support/left-out-reporter.ts';

/**
 * Node reads the sources itself, as it does in production. All projects have to agree on it: vitest remembers how one of
 * them got a file, and would give another one a second copy of its classes.
 */
const server = { deps: { external: [/\/(src|support)\//] } };

/** The times are long, because a machine that does much else is slow. A test that hangs still ends. */
const forAll = {
  server,
  testTimeout: 60_000,
  hookTimeout: 120_000,
  // By itself vitest gives a poll one second, which is little for what a child process does.
  expect: { poll: { timeout: 20_000, interval: 20 } },
};

const support = `${import.meta.dirname}/support`;
/** All but the units. */
const withRedis = { ...forAll, globalSetup: [`${support}/redis-for-all.ts`] };

/** What is about PostgreSQL itself. `npm test` has the contract that every store keeps. */
const aboutPostgres = [
  'tests/postgres-*.test.ts',
  'apps/doctor/test/examine-database.test.ts',
  'packages/postgres/test/**/*.test.ts',
  'tools/dev/test/on-postgres.test.ts',
  'tools/local-services/test/*-postgres.test.ts',
];

/** What needs several Redis servers, or many shards, and time until they have agreed on something: `npm run test:cluster`. */
const onSeveralServers = [
  'packages/redis/test/{each-topology,replica-fence,several-servers}.test.ts',
  'tests/{redis-failover,shards,shards-in-total}.test.ts',
  'tests/{accept-replicas,redis-processor-time}.test.ts',
  'tests/cluster-*.test.ts',
];

/** What takes some minutes, and a machine that has them: `docs/scaling.md` says when to measure it. */
const measured = [
  ...(process.env.AUTO_WORKERS ? [] : ['tools/dev/test/auto-workers.test.ts']),
  ...(process.env.REDIS_TIMES ? [] : ['tests/redis-processor-time.test.ts']),
];

/**
 * What runs once whatever keeps the sign-ups: it starts no service, or one for each store by itself, or changes how Redis
 * keeps people, who are found by their addresses in PostgreSQL; or it is about the
 * way to the API, before anything is kept: connections, proxies, host names, containers.
 */
const withoutStore = [
  'tests/{api-key,compose,crash,left-out,npm-install,rekey,scaling,side-by-side}.test.ts',
  'tests/{base-path,behind-nginx,connection-limits,hostile-connections,own-hosts,slow-clients}.test.ts',
];

/**
 * The one test configuration. `unit` needs nothing but Node; `redis` and `api` run against the real parts: a Redis and an
 * SMTP server that each test file starts for itself (or the Redis that `REDIS_URL` names).
 */
export default defineConfig({
  test: {
    // More than a small machine has cores: the tests spend much of their time waiting for locks to expire.
    maxWorkers: 3,
    reporters: [...configDefaults.reporters, leftOutReporter],
    projects: [
      {
        test: {
          ...forAll,
          name: 'unit',
          include: ['{apps,packages,tools}/*/test/**/*.unit.test.ts', 'tests/**/*.unit.test.ts'],
          exclude: ['apps/api/**', '**/node_modules/**'],
        },
      },
      {
        test: {
          ...withRedis,
          name: 'api',
          include: ['apps/api/test/**/*.test.ts'],
          // Loading the API takes longer than its tests. So few workers load it, once for all their files.
          isolate: false,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...withRedis,
          name: 'redis',
          include: ['{apps,packages,tools}/*/test/**/*.test.ts', 'tests/**/*.test.ts'],
          exclude: [
            '**/*.unit.test.ts',
            'apps/api/**',
            'tests/postfix/**',
            ...aboutPostgres,
            ...onSeveralServers,
            ...measured,
            '**/node_modules/**',
          ],
        },
      },
      // Both have a run of their own, `npm run test:postgres`.
      {
        test: {
          ...withRedis,
          name: 'about-postgres',
          include: aboutPostgres,
          exclude: ['**/*.unit.test.ts', '**/node_modules/**'],
        },
      },
      {
        test: {
          ...withRedis,
          name: 'on-postgres',
          include: ['tests/*.test.ts'],
          exclude: ['**/*.unit.test.ts', ...aboutPostgres, ...onSeveralServers, ...withoutStore],
          globalSetup: [...withRedis.globalSetup, `${support}/postgres-for-all.ts`],
        },
      },
      {
        test: {
          ...withRedis,
          name: 'cluster',
          include: onSeveralServers,
          exclude: [...measured, '**/node_modules/**'],
        },
      },
    ],
  },
});
