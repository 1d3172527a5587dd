import { defineConfig } from 'vitest/config';

/**
 * The one test configuration. `unit` needs nothing but Node; `redis` runs against the real parts: a Redis and an SMTP
 * server that each test file starts for itself (or the Redis that `REDIS_URL` names).
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
          name: 'redis',
          include: ['{apps,packages,tools}/*/test/**/*.test.ts', 'tests/**/*.test.ts'],
          exclude: ['**/*.unit.test.ts', 'tests/postfix/**', '**/node_modules/**'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
          expect: { poll: { timeout: 10_000, interval: 20 } },
        },
      },
      {
        test: {
          name: 'postfix',
          include: ['tests/postfix/*.test.ts'],
          globalSetup: 'tests/postfix/support/find-postfix.ts',
          testTimeout: 120_000,
          hookTimeout: 60_000,
          expect: { poll: { timeout: 60_000, interval: 50 } },
        },
      },
    ],
  },
});
