import { mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { downloadPackages } from './download-packages.ts';
import { type RedisSearch, type RedisSource, redisProgram } from './redis-source.ts';
import { isRecentEnough, oldestVersion, redisVersion } from './redis-version.ts';
import { programsOnPath, runCommand } from './run-command.ts';

/**
 * Debian's or Ubuntu's own package, unpacked under `cacheDir`: no root, no service, nothing of the system is changed.
 * Many may call at once: each unpacks for itself, and the first to be done puts it in place for all.
 */
export const unpackedRedis = async (search: RedisSearch): Promise<RedisSource | undefined> => {
  const { env, cacheDir, report } = search;
  if ((await programsOnPath(['apt-get'], env)).length === 0) return undefined;
  const { name, folder } = await distribution();
  const place = join(cacheDir, folder);
  const unpacked = await usableRedis(place, search);
  if (unpacked) return unpacked;
  report(`Redis: unpacking ${name}'s package under ${shown(cacheDir)} (once)`);
  try {
    await unpackInto(place, search);
    const redis = await usableRedis(place, search);
    if (!redis) report('Redis: what was unpacked does not run here, or is too old');
    return redis;
  } catch (error) {
    report(`Redis: the package could not be unpacked (${(error as Error).message})`);
    return undefined;
  }
};

/** `folder` names what a binary fits: a cache may be seen from a container with another system, too. */
const distribution = async (): Promise<{ name: string; folder: string }> => {
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '');
  const value = (key: string) => new RegExp(`^${key}="?([^"\\n]*)`, 'm').exec(release)?.[1];
  return {
    name: value('ID') === 'ubuntu' ? 'Ubuntu' : 'Debian',
    folder: `${value('ID') ?? 'linux'}-${value('VERSION_ID') ?? 'unknown'}-${process.arch}`,
  };
};

const usableRedis = async (place: string, { env, report }: RedisSearch): Promise<RedisSource | undefined> => {
  const program = join(place, 'usr/bin/redis-server');
  const libraries = (
    await Promise.all(['usr/lib', 'lib'].map((folder) => subfolders(join(place, folder))))
  ).flat();
  const withLibraries = { LD_LIBRARY_PATH: libraries.join(':') };
  const version = await redisVersion(program, { ...env, ...withLibraries });
  if (version === undefined) return undefined;
  if (isRecentEnough(version)) {
    return redisProgram(`${shown(program)} ${version}`, program, withLibraries);
  }
  report(`Redis: the system's package is ${version}, older than ${oldestVersion}`);
  return undefined;
};

/** A path as a person would say it from here. */
const shown = (path: string): string => {
  const fromHere = relative(process.cwd(), path);
  return fromHere.startsWith('..') ? path : fromHere;
};

/** Libraries lie in a folder named for the architecture, such as `usr/lib/x86_64-linux-gnu`. */
const subfolders = async (folder: string): Promise<string[]> => {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map((entry) => join(folder, entry.name));
};

const unpackInto = async (place: string, search: RedisSearch): Promise<void> => {
  await mkdir(search.cacheDir, { recursive: true });
  const workplace = await mkdtemp(join(search.cacheDir, 'unpacking-'));
  try {
    const root = join(workplace, 'root');
    await mkdir(root);
    for (const file of await downloadPackages('redis-server', workplace, search.env)) {
      await runCommand('dpkg', ['--extract', file, root], { env: search.env, timeoutMs: 60_000 });
    }
    await putInPlace(root, place, search);
  } finally {
    await rm(workplace, { recursive: true, force: true });
  }
};

/** Another caller may have been first; its work is kept if it runs. */
const putInPlace = async (root: string, place: string, search: RedisSearch): Promise<void> => {
  try {
    await rename(root, place);
  } catch {
    if (await usableRedis(place, search)) return;
    await rm(place, { recursive: true, force: true });
    await rename(root, place);
  }
};
