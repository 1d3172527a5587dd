import { defineConfig } from 'vitest/config';

const withRealParts = {
  testTimeout: 30_000,
  hookTimeout: 60_000,
  expect: { poll: { timeout: 10_000, interval: 20 } },
};

/**
 * The one test configuration. `unit` needs nothing but Node; `redis` and `api` run against the real parts: a Redis and an
 * SMTP server that each test file starts for itself (or the Redis that `REDIS_URL` names).
 */
export default defineConfig({
  test: {
    // More than there are cores at the least: much of what they do is wait, for locks to run out.
    maxWorkers: 3,
    projects: [
      {
        test: {
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
          // The files share what they import, and one Redis for each worker: loading both takes longer than the tests.
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
