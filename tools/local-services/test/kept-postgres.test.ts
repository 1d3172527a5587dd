import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findMachinePart, findPostgres, startPostgres } from '@backend-jobs/local-services';
import { beforeEach, expect, test } from 'vitest';
import { temporaryFolder } from './support/temporary-folder.ts';

const programs = await findMachinePart({
  name: 'PostgreSQL',
  tests: 'a PostgreSQL whose data are kept',
  find: (search) => findPostgres('system', search),
});
beforeEach(programs.orSkip);

test('a PostgreSQL is not kept from its data by one that was killed, whose pid another process has', async () => {
  const options = { programs: programs.get(), folder: await temporaryFolder() };
  const pidFile = join(options.folder, 'data/postmaster.pid');
  const first = await startPostgres(options);
  const left = await readFile(pidFile, 'utf8');
  await first.stop();
  await writeFile(pidFile, left.replace(/^\d+/, String(process.ppid)));
  const second = await startPostgres(options);
  await expect(startPostgres(options)).rejects.toThrow(/is in use: process \d+ runs a server on it/);
  await second.stop();
});

test('data of another version are left as they are, and the message says what to do', async () => {
  const options = { programs: programs.get(), folder: await temporaryFolder() };
  await (await startPostgres(options)).stop();
  await writeFile(join(options.folder, 'data/PG_VERSION'), '14\n');
  await expect(startPostgres(options)).rejects.toThrow(
    /has the data of PostgreSQL 14, .*install PostgreSQL 14, or remove the folder/,
  );
});
