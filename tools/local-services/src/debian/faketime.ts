import { glob } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type PackageSearch, unpackedPackages } from './unpacked-packages.ts';

const defaultCacheDir = fileURLToPath(new URL('../../../../.data/faketime', import.meta.url));

/**
 * The path of the library that gives a program another clock, out of Debian's or Ubuntu's own package. Returns
 * `undefined`, after a report of the reason, where there is none.
 */
export const findFaketime = async ({
  env = process.env,
  cacheDir = defaultCacheDir,
  report = () => {},
}: Partial<PackageSearch> = {}): Promise<string | undefined> =>
  unpackedPackages(
    { what: 'faketime', packages: ['libfaketime'], use: libraryIn },
    { env, cacheDir, report },
  );

const libraryIn = async (root: string): Promise<string | undefined> => {
  const [library] = await Array.fromAsync(glob('usr/lib/*/faketime/libfaketimeMT.so.1', { cwd: root }));
  return library === undefined ? undefined : join(root, library);
};

/** The environment of a program whose clock is ahead, or behind by a minus: `+1h`. Its timers are not touched. */
export const otherClock = (library: string, offset: string): Record<string, string> => ({
  LD_PRELOAD: library,
  FAKETIME: offset,
  FAKETIME_DONT_FAKE_MONOTONIC: '1',
});
