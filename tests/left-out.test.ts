import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';

const repository = fileURLToPath(new URL('..', import.meta.url));
const vitest = fileURLToPath(new URL('node_modules/vitest/vitest.mjs', import.meta.url));

/** The last line of a run of tests on a machine whose PATH is empty. */
const lastLineOf = async (config: string, file: string): Promise<string | undefined> => {
  const path = mkdtempSync(join(tmpdir(), 'no-programs-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  const { stdout } = await promisify(execFile)(process.execPath, [vitest, 'run', '--config', config, file], {
    cwd: repository,
    env: { PATH: path, NO_COLOR: '1' },
  });
  return stdout.trimEnd().split('\n').at(-1);
};

test('a run of the tests without a browser says in its last line what was not tested', async () => {
  expect(await lastLineOf('tests/vitest.config.ts', 'tests/dashboard-browser.test.ts')).toBe(
    'Not tested: the dashboard in a browser, since there is none: ' +
      'install Chromium, so that chromium, or chromium-browser, or google-chrome is on the PATH',
  );
});

test('a run of the tests without Postfix says in its last line what was not tested', async () => {
  expect(await lastLineOf('tests/postfix/vitest.config.ts', 'tests/postfix/plain.test.ts')).toMatch(
    /^Not tested: the mailing through a Postfix, since there is none\. Postfix: /,
  );
});
