import type { Reporter } from 'vitest/node';

/**
 * Says at the very end what was not tested, and makes that a failure where `REQUIRE_ALL_TESTS` is set, as in CI. A test
 * that lacks a part of the machine skips itself with a note that says so; one that somebody left out on purpose has none.
 */
export const leftOutReporter: Reporter = {
  onTestRunEnd: (modules) => {
    const notes = new Set<string>();
    for (const module of modules) {
      for (const test of module.children.allTests('skipped')) {
        const result = test.result();
        if (result.state === 'skipped' && result.note) notes.add(result.note);
      }
    }
    const isFailure = notes.size > 0 && Boolean(process.env.REQUIRE_ALL_TESTS);
    if (isFailure) process.exitCode = 1;
    for (const note of notes)
      process.stdout.write(`${isFailure ? 'Failed, since not tested' : 'Not tested'}: ${note}\n`);
  },
};
