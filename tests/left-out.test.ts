import { once } from 'node:events';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { spawnTethered } from '@backend-jobs/local-services';
import { expect, onTestFinished, test, vi } from 'vitest';

// Each of them runs vitest, which takes its time on a machine that does much else.
vi.setConfig({ testTimeout: 120_000 });

const repository = fileURLToPath(new URL('..', import.meta.url));
const vitest = fileURLToPath(new URL('node_modules/vitest/vitest.mjs', import.meta.url));

/** A run of tests on a machine whose PATH is empty: its exit code, and the last line that it printed. */
const runWithoutPrograms = async (config: string[], file: string, env: Record<string, string> = {}) => {
  const path = mkdtempSync(join(tmpdir(), 'no-programs-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  const run = spawnTethered(process.execPath, [vitest, 'run', '--config', ...config, file], {
    cwd: repository,
    env: { PATH: path, NO_COLOR: '1', ...env },
    stdout: 'pipe',
  });
  const [output, [code]] = await Promise.all([text(run.stdout as NodeJS.ReadableStream), once(run, 'exit')]);
  return { code, lastLine: output.trimEnd().split('\n').at(-1) };
};

const onRedis = ['tests/vitest.config.ts', '--project', '!*-postgres'];
const browser = [onRedis, 'tests/dashboard-browser.test.ts'] as const;
const howToGetBrowser =
  'the pages in a browser, since there is no Chromium. ' +
  'Install it, so that chromium, or chromium-browser, or google-chrome is on the PATH';

test.for([
  [...browser, howToGetBrowser],
  [
    onRedis,
    'tests/clock-ahead.test.ts',
    'a worker whose clock is ahead, since there is no libfaketime. This system has no apt-get',
  ],
  [
    ['tests/postfix/vitest.config.ts'],
    'tests/postfix/plain.test.ts',
    'mail through a real relay, since there is no Postfix. This system has no apt-get',
  ],
] as [string[], string, string][])(
  '%2$s says in its last line what was not tested',
  async ([config, file, what]) => {
    const run = await runWithoutPrograms(config, file);
    expect(run).toEqual({ code: 0, lastLine: `Not tested: ${what}` });
  },
);

test('where all tests are required, as in CI, a run fails that leaves one out', async () => {
  const run = await runWithoutPrograms(...browser, { REQUIRE_ALL_TESTS: '1' });
  expect(run).toEqual({ code: 1, lastLine: `Failed, since not tested: ${howToGetBrowser}` });
});

test('no test is left out without a note', () => {
  const files = globSync(['tests/**/*.test.ts', '{apps,packages,tools}/*/test/**/*.test.ts'], {
    cwd: repository,
  });
  const isSilent = (file: string) => /\.(skipIf|runIf)\(/.test(readFileSync(join(repository, file), 'utf8'));
  expect(files.length).toBeGreaterThan(100);
  expect(files.filter(isSilent)).toEqual([]);
});
