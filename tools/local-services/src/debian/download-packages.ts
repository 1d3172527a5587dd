import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../run-command.ts';

/**
 * Downloads packages, and what they need that this system has not, into a folder below `workplace`; returns
 * the paths of the .deb files. Neither root is needed nor is anything outside of `workplace` written.
 *
 * @throws when there is no such package, or no way to it
 */
export const downloadPackages = async (
  names: readonly string[],
  workplace: string,
  env: Record<string, string | undefined>,
): Promise<string[]> => {
  const folder = (path: string) => join(workplace, path);
  for (const path of ['packages', 'lists/partial', 'cache/archives/partial']) {
    await mkdir(folder(path), { recursive: true });
  }
  const aptGet = (...args: string[]) =>
    runCommand('apt-get', [...privateCache(folder('cache')), ...args], {
      env: { ...env, LC_ALL: 'C' },
      cwd: folder('packages'),
      timeoutMs: 180_000,
    });
  const download = async (...lists: string[]) => {
    const plan = await aptGet(...lists, 'install', '--simulate', '--no-install-recommends', ...names);
    await aptGet(...lists, 'download', ...missingPackages(plan, names));
  };
  try {
    await download();
  } catch {
    // The system's package lists are missing (a fresh container) or outdated: get our own.
    const ownLists = ['-o', `Dir::State::lists=${folder('lists')}`];
    await aptGet(...ownLists, 'update').catch(() => {}); // a broken third-party source fails it, and need not matter
    await download(...ownLists);
  }
  const files = await readdir(folder('packages'));
  return files.filter((file) => file.endsWith('.deb')).map((file) => join(folder('packages'), file));
};

const privateCache = (cache: string): string[] =>
  [
    `Dir::Cache=${cache}`,
    'APT::Sandbox::User=root',
    'Acquire::Retries=1',
    'Acquire::http::Timeout=15',
  ].flatMap((option) => ['-o', option]);

/**
 * `Inst libjemalloc2 (5.3.0-1 Debian:12 [amd64])` in the plan is to be installed anew. `Inst libc6 [2.36-9]
 * (2.36-10 …)` would be replaced by a newer one: that is left alone, since a second libc breaks whatever
 * loads it.
 */
const missingPackages = (plan: string, names: readonly string[]): string[] => {
  const missing = [...plan.matchAll(/^Inst (\S+) \(/gm)].map(([, missingName]) => missingName as string);
  return [...new Set([...names, ...missing])];
};
