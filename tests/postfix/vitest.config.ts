import { configDefaults, defineConfig } from 'vitest/config';
import { leftOutReporter } from '../support/left-out-reporter.ts';

/**
 * `npm run test:postfix`. Apart from `npm test`, since waiting is what is tested: for greetings, retries and
 * filters.
 */
export default defineConfig({
  test: {
    name: 'postfix',
    include: ['tests/postfix/*.test.ts'],
    reporters: [...configDefaults.reporters, leftOutReporter],
    // One after the other: some compare how fast mail goes in two runs, which others would disturb.
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 60_000, interval: 50 } },
  },
});
