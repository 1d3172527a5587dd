import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { libraryPath, type PackageSearch, unpackedPackages } from '../debian/unpacked-packages.ts';
import { programsOnPath, runCommand } from '../run-command.ts';

export interface NginxProgram {
  path: string;
  env: Record<string, string | undefined>;
}

/** Debian's `nginx` has the program; where Ubuntu's has none, it is in `nginx-core`, which it asks for. */
const packages = ['nginx'];

const defaultCacheDir = fileURLToPath(new URL('../../../../.data/nginx', import.meta.url));

/**
 * The nginx of the system, or else Debian's or Ubuntu's own, unpacked under `.data/nginx` in this repository. Returns
 * `undefined` where there is neither, after a report of the reason.
 */
export const findNginx = async ({
  env = process.env,
  cacheDir = defaultCacheDir,
  report = () => {},
}: Partial<PackageSearch> = {}): Promise<NginxProgram | undefined> => {
  const paths = { ...env, PATH: `${env.PATH ?? ''}:/usr/sbin:/sbin` };
  const [installed] = await programsOnPath(['nginx'], paths);
  if (installed && (await runs(installed, paths))) return { path: installed, env: paths };
  const use = async (root: string): Promise<NginxProgram | undefined> => {
    const program = { path: join(root, 'usr/sbin/nginx'), env: { LD_LIBRARY_PATH: await libraryPath(root) } };
    return (await runs(program.path, program.env)) ? program : undefined;
  };
  return unpackedPackages({ what: 'nginx', packages, use }, { env, cacheDir, report });
};

const runs = (path: string, env: Record<string, string | undefined>): Promise<boolean> =>
  runCommand(path, ['-v'], { env, timeoutMs: 10_000 }).then(
    () => true,
    () => false,
  );
