import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/**
 * `npm run test:postfix`: the whole service against a real Postfix. A configuration of its own, since these tests wait for
 * minutes in all, for servers that are slow on purpose.
 */
export default defineConfig({
  test: {
    maxWorkers: 2,
    include: ['tests/postfix/*.test.ts'],
    globalSetup: fileURLToPath(new URL('./support/find-postfix.ts', import.meta.url)),
    testTimeout: 120_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 60_000, interval: 50 } },
  },
});
