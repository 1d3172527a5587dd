import type { Reporter } from 'vitest/node';

/**
 * Says at the very end what was not tested. A test that lacks a part of the machine skips itself with a note that says
 * so; one that somebody left out on purpose has none.
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
    for (const note of notes) process.stdout.write(`Not tested: ${note}\n`);
  },
};
