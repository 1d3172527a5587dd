import { defineConfig } from 'vitest/config';

/** Long, because a machine that does much else is slow. A test that hangs still ends. */
const testTimeout = 30_000;

const withRealParts = {
  testTimeout,
  hookTimeout: 60_000,
  expect: { poll: { timeout: 10_000, interval: 20 } },
};

/**
 * The one test configuration. `unit` needs nothing but Node; `redis` and `api` run against the real parts: a Redis and an
 * SMTP server that each test file starts for itself (or the Redis that `REDIS_URL` names).
 */
export default defineConfig({
  test: {
    // More than a small machine has cores: the tests spend much of their time waiting for locks to expire.
    maxWorkers: 3,
    projects: [
      {
        test: {
          testTimeout,
          name: 'unit',
          include: ['{apps,packages,tools}/*/test/**/*.unit.test.ts', 'tests/**/*.unit.test.ts'],
        },
      },
      {
        test: {
          ...withRealParts,
          name: 'api',
          include: ['apps/api/test/**/*.test.ts'],
          exclude: ['**/*.unit.test.ts'],
          // The files of a test worker share one Redis and what they import: starting both takes longer than the tests.
          isolate: false,
        },
      },
      {
        test: {
          ...withRealParts,
          name: 'redis',
          include: ['{apps,packages,tools}/*/test/**/*.test.ts', 'tests/**/*.test.ts'],
          exclude: ['**/*.unit.test.ts', 'apps/api/**', 'tests/postfix/**', '**/node_modules/**'],
        },
      },
    ],
  },
});
