import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { shownPath } from '../debian/unpacked-packages.ts';
import { runCommand } from '../run-command.ts';
import { findUnprivileged, type Unprivileged } from './unprivileged.ts';

/** The programs of one PostgreSQL that run on this system. */
export interface PostgresPrograms {
  /** Tells people which one it is, and where it lies. */
  name: string;
  /** Such as `15.18`. */
  version: string;
  /** Where `postgres` and `initdb` are. */
  folder: string;
  env: Record<string, string | undefined>;
  user: Unprivileged;
}

const oldestMajor = 15;

/** The programs in `folder`; `undefined` when they do not run here, or are too old. */
export const usePrograms = async (
  folder: string,
  report: (line: string) => void,
  libraries: Record<string, string> = {},
): Promise<PostgresPrograms | undefined> => {
  const user = await findUnprivileged();
  // A locale that the system does not have would end the server, and so would a time zone.
  const env = { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC', ...libraries };
  const exists = await access(join(folder, 'initdb')).then(
    () => true,
    () => false,
  );
  if (!exists) return undefined;
  const [command = '', ...args] = [...user.prefix, join(folder, 'postgres'), '--version'];
  const output = await runCommand(command, args, { env, timeoutMs: 10_000 }).catch(() => '');
  const version = /\(PostgreSQL\) (\d+\.\d+)/.exec(output)?.[1];
  if (version === undefined) return undefined;
  if (Number.parseInt(version, 10) < oldestMajor) {
    report(`PostgreSQL: ${shownPath(folder)} is ${version}, older than ${oldestMajor}`);
    return undefined;
  }
  return { name: `${shownPath(folder)} ${version}`, version, folder, env, user };
};
