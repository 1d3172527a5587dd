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
    // Slow, and about what is not mutated: streams, the stores, several servers.
    exclude: [
      '**/{openapi,slow-server,mailer,smtp-line,domain-slots}.{unit.,}test.ts',
      '**/{streams-by-client,unread-streams,sign-up-changes,connection}.test.ts',
      '**/{postgres-stores,sharded-stores,redis-memory,replica-fence,several-servers}.test.ts',
      'packages/{jobs,postgres,telemetry}/**',
    ],
    isolate: false,
  },
});
