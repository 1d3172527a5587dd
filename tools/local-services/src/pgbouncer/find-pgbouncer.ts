import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { libraryPath, type PackageSearch, unpackedPackages } from '../debian/unpacked-packages.ts';
import { findUnprivileged, type Unprivileged } from '../postgres/unprivileged.ts';
import { programsOnPath, runCommand } from '../run-command.ts';

export interface PgbouncerProgram {
  path: string;
  /** Whether it can keep the prepared statements of its clients: since 1.21. */
  canKeepStatements: boolean;
  env: Record<string, string | undefined>;
  user: Unprivileged;
}

const defaultCacheDir = fileURLToPath(new URL('../../../../.data/pgbouncer', import.meta.url));

/**
 * The pgbouncer of the system, or else Debian's or Ubuntu's own, unpacked under `.data/pgbouncer` in this repository.
 * Returns `undefined` where there is neither, after a report of the reason.
 */
export const findPgbouncer = async ({
  env = process.env,
  cacheDir = defaultCacheDir,
  report = () => {},
}: Partial<PackageSearch> = {}): Promise<PgbouncerProgram | undefined> => {
  const paths = { ...env, PATH: `${env.PATH ?? ''}:/usr/sbin:/sbin` };
  const [installed] = await programsOnPath(['pgbouncer'], paths);
  if (installed) {
    const program = await useProgram(installed, paths);
    if (program) return program;
  }
  const use = async (root: string): Promise<PgbouncerProgram | undefined> =>
    useProgram(join(root, 'usr/sbin/pgbouncer'), {
      PATH: env.PATH,
      LD_LIBRARY_PATH: await libraryPath(root),
    });
  return unpackedPackages({ what: 'pgbouncer', packages: ['pgbouncer'], use }, { env, cacheDir, report });
};

const useProgram = async (
  path: string,
  env: Record<string, string | undefined>,
): Promise<PgbouncerProgram | undefined> => {
  const output = await runCommand(path, ['--version'], { env, timeoutMs: 10_000 }).catch(() => '');
  const minor = /PgBouncer 1\.(\d+)/i.exec(output)?.[1];
  if (minor === undefined) return undefined;
  return { path, canKeepStatements: Number(minor) >= 21, env, user: await findUnprivileged() };
};
