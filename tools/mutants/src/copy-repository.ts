import { cp, mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const repository = join(import.meta.dirname, '../../..');

export interface RepositoryCopy extends AsyncDisposable {
  path: string;
}

const leftOut = ['.git', '.data', 'node_modules'].map((name) => join(repository, name));

/**
 * A copy of the repository to make mutants in. The packages' own folders `node_modules` hold relative links: in the copy
 * they lead to the packages of the copy, and by way of its link `node_modules` to what others have written.
 */
export const copyRepository = async (): Promise<RepositoryCopy> => {
  const path = await mkdtemp(join(tmpdir(), 'mutants-'));
  const filter = (source: string) => !leftOut.includes(source);
  await cp(repository, path, { recursive: true, verbatimSymlinks: true, filter });
  await symlink(join(repository, 'node_modules'), join(path, 'node_modules'));
  await linkUnpackedPrograms(path);
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
};

/** What the tests have unpacked of a database or of a mail server, and what Node has compiled, are the same in each copy. */
const programs = /^(postgres|redis-server|postfix|prometheus|nginx|faketime|compile-cache)/;

const linkUnpackedPrograms = async (path: string): Promise<void> => {
  await mkdir(join(path, '.data'));
  const folders = await readdir(join(repository, '.data')).catch(() => []);
  for (const folder of folders.filter((name) => programs.test(name)))
    await symlink(join(repository, '.data', folder), join(path, '.data', folder));
};
