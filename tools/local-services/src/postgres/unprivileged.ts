import { runCommand } from '../run-command.ts';

/** How to run PostgreSQL, which refuses to be run by root. */
export interface Unprivileged {
  /** What stands before the command: `[]` unless this process is root's. It becomes the command, with the same pid. */
  prefix: readonly string[];
  /** Makes a folder, and all in it, that of the user who runs the command. */
  give(folder: string): Promise<void>;
}

const nobody = '65534';

const asMyself: Unprivileged = { prefix: [], give: async () => {} };

/** Root by another name: it may go wherever root may, so that it does not matter where the programs lie. */
const inNamespace: Unprivileged = {
  prefix: ['unshare', '--user', `--map-user=${nobody}`, `--map-group=${nobody}`, '--'],
  give: async () => {},
};

/** For a container that allows no namespaces. */
const asNobody: Unprivileged = {
  prefix: ['setpriv', `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups', '--'],
  give: async (folder) => {
    const env = { PATH: process.env.PATH };
    await runCommand('chown', ['-R', `${nobody}:${nobody}`, folder], { env, timeoutMs: 30_000 });
  },
};

export const findUnprivileged = async (): Promise<Unprivileged> => {
  if (process.getuid?.() !== 0) return asMyself;
  const [command = '', ...args] = [...inNamespace.prefix, 'true'];
  const env = { PATH: process.env.PATH };
  return runCommand(command, args, { env, timeoutMs: 5_000 }).then(
    () => inNamespace,
    () => asNobody,
  );
};
