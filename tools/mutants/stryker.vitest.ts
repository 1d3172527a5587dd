import { defineConfig } from 'vitest/config';
import { type GroupName, strykerGroups } from './src/stryker-groups.ts';

/** The tests that Stryker runs, of the group that `STRYKER_GROUP` names. */
export default defineConfig({
  test: {
    // A mutant that never answers costs this much. Hooks start servers, which takes long on a busy machine.
    testTimeout: 5_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 2_500, interval: 20 } },
    include: [...strykerGroups[process.env.STRYKER_GROUP as GroupName].tests],
    isolate: false,
  },
});
