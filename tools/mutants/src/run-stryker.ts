import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { spawnTethered } from '@backend-jobs/local-services';
import { copyRepository, repository } from './copy-repository.ts';
import { type GroupName, strykerGroups } from './stryker-groups.ts';

const reports = '.data/mutants';

/**
 * Has Stryker make its mutants of each group, as `stryker.config.json` says, in a copy of the repository: its own copy would
 * link to the packages of the original, where there is no mutant. Returns whether enough of them were killed.
 */
export const runStryker = async (concurrency: number, env: Record<string, string>): Promise<boolean> => {
  await using copy = await copyRepository();
  let isScoreReached = true;
  for (const name of Object.keys(strykerGroups) as GroupName[]) {
    const isReached = await runGroup(name, { path: copy.path, concurrency, env });
    isScoreReached = isReached && isScoreReached;
  }
  return isScoreReached;
};

const runGroup = async (
  name: GroupName,
  { path, concurrency, env }: { path: string; concurrency: number; env: Record<string, string> },
): Promise<boolean> => {
  const stryker = 'tools/mutants/node_modules/@stryker-mutator/core/bin/stryker.js';
  const args = ['run', 'tools/mutants/stryker.config.json', '--mutate', strykerGroups[name].mutate.join(',')];
  const child = spawnTethered(process.execPath, [stryker, ...args, '--concurrency', String(concurrency)], {
    cwd: path,
    env: { ...process.env, ...env, STRYKER_GROUP: name },
    stdout: 'inherit',
    stderr: 'inherit',
  });
  const [code] = await once(child, 'exit');
  // There is none when its first run, without a mutant, has failed.
  if (existsSync(join(path, reports)))
    await cp(join(path, reports), join(repository, reports, name), { recursive: true });
  return code === 0;
};
