import { findPostfix, type PostfixPrograms } from '@backend-jobs/local-services';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** `undefined` where there is none: what needs it is left out. */
    postfix: PostfixPrograms | undefined;
  }
}

/**
 * Run once before the suite. Where `REQUIRE_POSTFIX` is set, as in CI, a machine without Postfix is a
 * failure.
 */
export const setup = async (project: TestProject) => {
  const lines: string[] = [];
  const postfix = await findPostfix({ report: (line) => void lines.push(line) });
  project.provide('postfix', postfix);
  if (postfix) return;
  const reason = lines.at(-1) ?? 'Postfix: this system has no apt-get';
  if (process.env.REQUIRE_POSTFIX) throw new Error(reason);
  return () =>
    void process.stdout.write(`Not tested: the mailing through a Postfix, since there is none. ${reason}\n`);
};
