import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeOnce } from '../make-once.ts';
import { runCommand } from '../run-command.ts';
import type { PostgresPrograms } from './postgres-programs.ts';

export const superuser = 'postgres';

/**
 * Makes an empty cluster in the folder `dataDir`, which must not exist. `initdb` takes ten times as long as a copy, so
 * that it runs once for each version, into a template in `cacheDir`.
 */
export const makeCluster = async (
  programs: PostgresPrograms,
  { dataDir, cacheDir }: { dataDir: string; cacheDir: string },
): Promise<void> => {
  const template = join(cacheDir, `cluster-${programs.version}`);
  const isGood = () =>
    readFile(join(template, 'data/PG_VERSION')).then(
      () => true,
      () => false,
    );
  if (!(await isGood())) {
    await makeOnce(template, {
      isGood,
      make: async (root, workplace) => {
        await programs.user.give(workplace);
        await initialize(programs, join(root, 'data'));
      },
    });
  }
  const copy = ['-R', join(template, 'data'), dataDir];
  await runCommand('cp', copy, { env: { PATH: process.env.PATH }, timeoutMs: 30_000 });
  await programs.user.give(dataDir);
};

const initialize = async ({ folder, env, user }: PostgresPrograms, dataDir: string): Promise<void> => {
  const [command = '', ...args] = [
    ...user.prefix,
    join(folder, 'initdb'),
    ...['-D', dataDir, '-U', superuser, '--auth=trust', '-E', 'UTF8', '--locale=C'],
    ...['--no-sync', '--no-instructions'],
  ];
  await runCommand(command, args, { env, timeoutMs: 60_000 });
};
