import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { postfixHostname } from './postfix-config.ts';

/**
 * Lets users of these names and passwords authenticate: Cyrus SASL looks them up in a file, without a daemon.
 */
export const writeUsers = async (
  users: Record<string, string>,
  folder: string,
  env: Record<string, string>,
): Promise<void> => {
  const database = join(folder, 'sasldb2');
  await rm(database, { force: true });
  for (const [user, password] of Object.entries(users)) {
    const args = ['-p', '-c', '-f', database, '-u', postfixHostname, user];
    const child = spawn('saslpasswd2', args, { env, stdio: ['pipe', 'ignore', 'inherit'] });
    child.stdin.end(password);
    const [code] = await once(child, 'exit');
    if (code !== 0) throw new Error(`saslpasswd2 ended with ${code}`);
  }
  const settings = [
    'pwcheck_method: auxprop',
    'auxprop_plugin: sasldb',
    'mech_list: PLAIN LOGIN',
    `sasldb_path: ${database}`,
  ];
  await mkdir(join(folder, 'sasl'), { recursive: true });
  await writeFile(join(folder, 'sasl/smtpd.conf'), `${settings.join('\n')}\n`);
};
