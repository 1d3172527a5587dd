import { once } from 'node:events';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { spawnTethered } from '@backend-jobs/local-services';
import { copyRepository, repository } from './copy-repository.ts';

const reports = '.data/mutants';

/**
 * Has Stryker make its mutants, as `stryker.config.json` says, in a copy of the repository: its own copy would link to the
 * packages of the original, where there is no mutant. Returns whether enough of them were killed.
 */
export const runStryker = async (concurrency: number, env: Record<string, string>): Promise<boolean> => {
  await using copy = await copyRepository();
  const stryker = 'tools/mutants/node_modules/@stryker-mutator/core/bin/stryker.js';
  const args = [stryker, 'run', 'tools/mutants/stryker.config.json', '--concurrency', String(concurrency)];
  const child = spawnTethered(process.execPath, args, {
    cwd: copy.path,
    env: { ...process.env, ...env },
    stdout: 'inherit',
    stderr: 'inherit',
  });
  const [code] = await once(child, 'exit');
  await cp(join(copy.path, reports), join(repository, reports), { recursive: true });
  return code === 0;
};
