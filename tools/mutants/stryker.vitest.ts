import { defineConfig } from 'vitest/config';

/**
 * The tests that Stryker runs: those that are fast and start no process of the service, since a mutant is in this process
 * only.
 */
export default defineConfig({
  test: {
    // A mutant that never answers costs this much.
    testTimeout: 10_000,
    hookTimeout: 20_000,
    expect: { poll: { timeout: 5_000, interval: 20 } },
    include: ['{apps/api,packages/*}/test/**/*.test.ts'],
    exclude: [
      '**/{openapi,slow-server,mailer,smtp-line,domain-slots,postgres-stores,redis-memory,replica-fence,several-servers}.{unit.,}test.ts',
      'packages/{jobs,postgres}/**',
    ],
    isolate: false,
  },
});
