import { cp, mkdtemp, rm, symlink } from 'node:fs/promises';
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
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
};
