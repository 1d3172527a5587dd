import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { runNode } from './run-node.ts';

export interface TestFileResult {
  passed: number;
  /** What failed, a line for each test. */
  failures: string[];
}

interface JsonReport {
  testResults: {
    name: string;
    message: string;
    assertionResults: { status: string; fullName: string; failureMessages?: string[] }[];
  }[];
}

/**
 * Runs test files of a copy of the repository, and returns what became of each. One that could not even be loaded has
 * neither passed nor failed. With `stopsAtFailure` it runs no further test once one has failed.
 */
export const runTests = async (
  copy: string,
  files: readonly string[],
  { env, stopsAtFailure = false }: { env: Record<string, string>; stopsAtFailure?: boolean },
): Promise<{ results: Map<string, TestFileResult>; output: string }> => {
  const vitest = join(copy, 'tools/mutants/node_modules/vitest/vitest.mjs');
  const reportFile = join(copy, 'mutants-report.json');
  const options = ['--config', 'tests/vitest.config.ts', '--reporter=json', `--outputFile=${reportFile}`];
  // A test that runs on both stores notices a mutant with one of them.
  options.push('--project', '!on-postgres');
  if (stopsAtFailure) options.push('--bail=1');
  await rm(reportFile, { force: true }); // that of a run before
  const output = await runNode(copy, [vitest, 'run', ...options, ...files], env);
  const report = await readFile(reportFile, 'utf8').catch(() => '{"testResults":[]}');
  const { testResults } = JSON.parse(report) as JsonReport;
  const resultOf = (file: string): TestFileResult => {
    const tests = testResults
      .filter(({ name }) => name === join(copy, file))
      .flatMap(({ assertionResults }) => assertionResults);
    return {
      passed: tests.filter(({ status }) => status === 'passed').length,
      failures: tests
        .filter(({ status }) => status === 'failed')
        .map(({ fullName, failureMessages: [message = ''] = [] }) => `${fullName}: ${firstLine(message)}`),
    };
  };
  return { results: new Map(files.map((file) => [file, resultOf(file)])), output };
};

const firstLine = (text: string): string => text.split('\n')[0] ?? '';
