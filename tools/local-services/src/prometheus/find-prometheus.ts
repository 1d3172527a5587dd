import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type PackageSearch, unpackedPackages } from '../debian/unpacked-packages.ts';
import { programsOnPath, runCommand } from '../run-command.ts';

/** The paths of the server, and of the tool that checks its files. */
export interface PrometheusPrograms {
  prometheus: string;
  promtool: string;
}

const defaultCacheDir = fileURLToPath(new URL('../../../../.data/prometheus', import.meta.url));

/**
 * The Prometheus of the system, or else Debian's or Ubuntu's own, unpacked under `.data/prometheus` in this repository.
 * Returns `undefined` where there is neither, after a report of the reason.
 */
export const findPrometheus = async ({
  env = process.env,
  cacheDir = defaultCacheDir,
  report = () => {},
}: Partial<PackageSearch> = {}): Promise<PrometheusPrograms | undefined> => {
  const [prometheus, promtool] = await programsOnPath(['prometheus', 'promtool'], env);
  if (prometheus && promtool && (await runs({ prometheus, promtool }))) return { prometheus, promtool };
  const use = async (root: string): Promise<PrometheusPrograms | undefined> => {
    const programs = {
      prometheus: join(root, 'usr/bin/prometheus'),
      promtool: join(root, 'usr/bin/promtool'),
    };
    return (await runs(programs)) ? programs : undefined;
  };
  return unpackedPackages({ what: 'Prometheus', packages: ['prometheus'], use }, { env, cacheDir, report });
};

const runs = ({ prometheus, promtool }: PrometheusPrograms): Promise<boolean> =>
  Promise.all(
    [prometheus, promtool].map((path) => runCommand(path, ['--version'], { env: {}, timeoutMs: 10_000 })),
  ).then(
    () => true,
    () => false,
  );
