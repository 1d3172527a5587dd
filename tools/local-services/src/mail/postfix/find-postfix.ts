import { glob } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  libraryPath,
  type PackageSearch,
  shownPath,
  unpackedPackages,
} from '../../debian/unpacked-packages.ts';
import { runCommand } from '../../run-command.ts';

/** Postfix and its companions, unpacked below `root`. */
export interface PostfixPrograms {
  /** For people: which version, where. */
  name: string;
  root: string;
  /** The whole environment that these programs need; Postfix hands it on to its daemons. */
  env: Record<string, string>;
}

/**
 * sasl2-bin makes the file of users and passwords that Cyrus SASL checks by itself: no daemon, as Dovecot
 * would be. libfakeroot is for Postfix' master, which refuses to run unless it believes that it is root.
 */
const packages = [
  'postfix',
  'libfakeroot',
  ...['sasl2-bin', 'libsasl2-modules', 'libsasl2-modules-db'],
  'postgrey',
];

const defaultCacheDir = fileURLToPath(new URL('../../../../../.data/postfix', import.meta.url));

/**
 * Debian's or Ubuntu's own Postfix, with postgrey, unpacked under `.data/postfix` in this repository. A
 * Postfix that is installed on the system is left alone. It takes `apt-get`, `dpkg`, `perl`, and the way to a
 * mirror the first time; it does not take root. Returns `undefined` where one of these is missing, after a
 * report of the reason.
 */
export const findPostfix = async ({
  env = process.env,
  cacheDir = defaultCacheDir,
  report = () => {},
}: Partial<PackageSearch> = {}): Promise<PostfixPrograms | undefined> =>
  unpackedPackages({ what: 'Postfix', packages, use: usablePostfix }, { env, cacheDir, report });

const usablePostfix = async (root: string): Promise<PostfixPrograms | undefined> => {
  const [fakeRoot] = await Array.fromAsync(glob('usr/lib/*/libfakeroot/libfakeroot-sysv.so', { cwd: root }));
  const [saslPlugins] = await Array.fromAsync(glob('usr/lib/*/sasl2', { cwd: root }));
  if (fakeRoot === undefined || saslPlugins === undefined) return undefined;
  const folders = ['usr/sbin', 'usr/bin'].map((folder) => join(root, folder));
  const env = {
    PATH: [...folders, process.env.PATH, '/usr/sbin', '/sbin'].join(':'),
    LC_ALL: 'C',
    LD_LIBRARY_PATH: await libraryPath(root),
    LD_PRELOAD: join(root, fakeRoot),
    SASL_PATH: join(root, saslPlugins),
  };
  try {
    const version = await runCommand('postconf', ['-d', '-h', 'mail_version'], { env, timeoutMs: 10_000 });
    return { name: `${shownPath(root)} ${version.trim()}`, root, env };
  } catch {
    return undefined;
  }
};
