import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { makeOnce } from '../make-once.ts';
import { programsOnPath, runCommand } from '../run-command.ts';
import { downloadPackages } from './download-packages.ts';

export interface PackageSearch {
  env: Record<string, string | undefined>;
  /** Where what was unpacked is kept, so that it is done once. */
  cacheDir: string;
  report: (line: string) => void;
}

export interface WantedPackages<Part> {
  /** Names what is wanted in a report. */
  what: string;
  packages: readonly string[];
  /**
   * What runs out of the folder `root`, laid out like `/`; `undefined` when it does not run, or is not there
   * yet.
   */
  use: (root: string) => Promise<Part | undefined>;
}

/**
 * Uses Debian's or Ubuntu's own packages, unpacked under `cacheDir`: no root, no service, nothing of the
 * system is changed. Many may call at once.
 */
export const unpackedPackages = async <Part>(
  wanted: WantedPackages<Part>,
  { env, cacheDir, report }: PackageSearch,
): Promise<Part | undefined> => {
  if ((await programsOnPath(['apt-get'], env)).length === 0) return undefined;
  const { what, packages, use } = wanted;
  const { name, folder } = await distribution();
  const place = join(cacheDir, folder);
  const unpacked = await use(place);
  if (unpacked) return unpacked;
  report(`${what}: unpacking ${name}'s package under ${shownPath(cacheDir)} (once)`);
  try {
    await makeOnce(place, {
      isGood: async () => (await use(place)) !== undefined,
      make: async (root, workplace) => {
        for (const file of await downloadPackages(packages, workplace, env)) {
          await runCommand('dpkg', ['--extract', file, root], { env, timeoutMs: 60_000 });
        }
      },
    });
    const part = await use(place);
    if (!part) report(`${what}: what was unpacked does not run here, or is too old`);
    return part;
  } catch (error) {
    report(`${what}: the package could not be unpacked (${(error as Error).message})`);
    return undefined;
  }
};

/** Where the libraries of `root` are, such as `usr/lib/x86_64-linux-gnu`: what LD_LIBRARY_PATH has to be. */
export const libraryPath = async (root: string): Promise<string> => {
  const folders = await Promise.all(['usr/lib', 'lib'].map((folder) => subfolders(join(root, folder))));
  return folders.flat().join(':');
};

/** A path as a person would say it from here. */
export const shownPath = (path: string): string => {
  const fromHere = relative(process.cwd(), path);
  return fromHere.startsWith('..') ? path : fromHere;
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

const subfolders = async (folder: string): Promise<string[]> => {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map((entry) => join(folder, entry.name));
};
