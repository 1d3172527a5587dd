import { mkdir, mkdtemp, readFile, realpath, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { shownPath } from '../debian/unpacked-packages.ts';
import { type FolderLock, lockFolder } from '../lock-folder.ts';
import { makeCluster } from './make-cluster.ts';
import type { PostgresPrograms } from './postgres-programs.ts';

/** The data are of another major version than the programs, which can't read them. */
class OtherVersionError extends Error {
  override name = 'OtherVersionError';
}

interface DataFolder {
  dataDir: string;
  /** From now on the folder also stays locked while this server runs. */
  addServer: FolderLock['addServer'];
  /** Lets others have the folder; one that is temporary is removed. */
  free(): Promise<void>;
}

/**
 * Opens the folder of a cluster, which nobody else may use meanwhile, and makes the cluster if there is none.
 *
 * @throws {FolderInUseError} {OtherVersionError}
 */
export const openDataFolder = async (
  programs: PostgresPrograms,
  { folder: wanted, cacheDir }: { folder: string | undefined; cacheDir: string },
): Promise<DataFolder> => {
  if (wanted !== undefined) await mkdir(wanted, { recursive: true, mode: 0o700 });
  const folder = await realpath(wanted ?? (await mkdtemp(join(tmpdir(), 'backend-jobs-postgres-'))));
  const lock = await lockFolder(folder);
  const free = async () => {
    await lock.release();
    if (wanted === undefined) await rm(folder, { recursive: true, force: true, maxRetries: 10 });
  };
  const dataDir = join(folder, 'data');
  try {
    await programs.user.give(folder);
    const version = await readFile(join(dataDir, 'PG_VERSION'), 'utf8').catch(() => undefined);
    if (version === undefined) await makeData(programs, { folder, dataDir, cacheDir });
    else requireVersion(version.trim(), programs, folder);
    // Nobody holds the lock, so that it is of a server that was killed. Its pid may be that of another process by now.
    await rm(join(dataDir, 'postmaster.pid'), { force: true });
  } catch (error) {
    await free();
    throw error;
  }
  return { dataDir, addServer: lock.addServer, free };
};

/** Whatever interrupts it, the data are whole or are not there. */
const makeData = async (
  programs: PostgresPrograms,
  { folder, dataDir, cacheDir }: { folder: string; dataDir: string; cacheDir: string },
): Promise<void> => {
  const unfinished = join(folder, 'unfinished');
  await rm(unfinished, { recursive: true, force: true });
  await makeCluster(programs, { dataDir: unfinished, cacheDir });
  await rename(unfinished, dataDir);
};

const requireVersion = (version: string, programs: PostgresPrograms, folder: string): void => {
  if (Number.parseInt(programs.version, 10) === Number.parseInt(version, 10)) return;
  throw new OtherVersionError(
    `${shownPath(folder)} has the data of PostgreSQL ${version}, and there is ${programs.name}: install PostgreSQL ${version}, or remove the folder to begin anew`,
  );
};
