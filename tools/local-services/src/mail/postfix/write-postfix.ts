import { mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeCertificate } from '../../write-certificate.ts';
import type { PostfixPrograms } from './find-postfix.ts';
import { type PostfixConfig, postfixHostname } from './postfix-config.ts';
import { writeUsers } from './write-users.ts';

export interface PostfixPlace {
  /** All that this Postfix owns is below it. */
  folder: string;
  programs: PostfixPrograms;
  port: number;
  sinkPort: number;
  postgreyPort: number;
}

export const configDirectory = ({ folder }: PostfixPlace): string => join(folder, 'etc');
export const logFile = ({ folder }: PostfixPlace): string => join(folder, 'maillog');

/** Writes all that Postfix reads at its start, and the folders that it works in. May be done again. */
export const writePostfix = async (place: PostfixPlace, config: PostfixConfig): Promise<void> => {
  const { folder, programs, port } = place;
  const etc = configDirectory(place);
  const debian = (file: string) => readFile(join(programs.root, 'usr/share/postfix', file), 'utf8');
  const queue = queueFolders.map((name) => join('queue', name));
  for (const name of ['etc', 'data', ...queue]) await mkdir(join(folder, name), { recursive: true });
  if (config.certificate) await writeCertificate(config.certificate, postfixHostname, etc, programs.env);
  if (config.users) await writeUsers(config.users, etc, programs.env);
  const settings = {
    ...settingsOf(await debian('main.cf.debian')),
    ...debianSetUp,
    ...ownPlace(place),
    ...(config.certificate && certificateSettings),
    ...(config.users && userSettings),
    ...config.main,
  };
  const entrance = config.entrance ?? 'smtpd';
  await writeFile(join(etc, 'main.cf'), linesOf(settings));
  await writeFile(join(etc, 'master.cf'), ownServices(await debian('master.cf.dist'), port, entrance));
  for (const [name, text] of Object.entries(config.files ?? {})) await writeFile(join(etc, name), text);
  // Postfix waits until a file has been left alone for a second or two, in case somebody is still writing it.
  const aMinuteAgo = new Date(Date.now() - 60_000);
  for (const name of await readdir(etc)) await utimes(join(etc, name), aMinuteAgo, aMinuteAgo);
};

const queueFolders = [
  ...['active', 'bounce', 'corrupt', 'defer', 'deferred', 'flush', 'hold', 'incoming', 'maildrop'],
  ...['pid', 'private', 'public', 'saved', 'trace'],
];

const settingsOf = (text: string): Record<string, string> =>
  Object.fromEntries([...text.matchAll(/^(\w+) *= *(.*)$/gm)].map(([, name, value]) => [name, value]));

const linesOf = (settings: Record<string, string>): string =>
  Object.entries(settings)
    .map(([name, value]) => `${name} = ${value}\n`)
    .join('');

/** What the installation of Debian's package adds to its main.cf. */
const debianSetUp = {
  smtpd_relay_restrictions: 'permit_mynetworks permit_sasl_authenticated defer_unauth_destination',
  mynetworks: '127.0.0.0/8 [::ffff:127.0.0.0]/104 [::1]/128',
  recipient_delimiter: '+',
};

/**
 * Everything of its own, and all mail to the sink. Its daemons would give up root for `mail_owner`; here
 * nobody is root, so that any two users and groups will do that every Debian has.
 */
const ownPlace = ({ folder, programs: { root, env }, sinkPort, postgreyPort }: PostfixPlace) => ({
  queue_directory: join(folder, 'queue'),
  data_directory: join(folder, 'data'),
  daemon_directory: join(root, 'usr/lib/postfix/sbin'),
  command_directory: join(root, 'usr/sbin'),
  shlib_directory: join(root, 'usr/lib/postfix'),
  meta_directory: join(root, 'etc/postfix'),
  mail_owner: 'daemon',
  setgid_group: 'mail',
  import_environment: ['MAIL_CONFIG', 'MAIL_LOGTAG', ...Object.keys(env)].join(' '),
  maillog_file: join(folder, 'maillog'),
  maillog_file_prefixes: folder,
  myhostname: postfixHostname,
  inet_interfaces: '127.0.0.1',
  inet_protocols: 'ipv4',
  mydestination: '',
  alias_maps: '',
  relayhost: `[127.0.0.1]:${sinkPort}`,
  // A few processes pass the mail on, and taking it does not wait for them: the tests are about how it is taken.
  default_destination_concurrency_limit: '4',
  in_flow_delay: '0s',
  sink_port: String(sinkPort),
  postgrey_port: String(postgreyPort),
});

const certificateSettings = {
  smtpd_tls_cert_file: '$config_directory/certificate.pem',
  smtpd_tls_key_file: '$config_directory/key.pem',
  smtpd_tls_received_header: 'yes',
};

const userSettings = {
  smtpd_sasl_auth_enable: 'yes',
  smtpd_sasl_local_domain: '$myhostname',
};

/** Debian's services, none in a chroot: the script that fills it belongs to the system's service. */
const ownServices = (master: string, port: number, entrance: 'smtpd' | 'postscreen'): string => {
  const services = master
    .replace(/^#? *smtp +inet .*\n/gm, '')
    .replace(/^([^#\s]+ +\w\S* +\S+ +\S+ +)y/gm, '$1n');
  const address = `127.0.0.1:${port} inet n - n -`;
  const taking =
    entrance === 'smtpd'
      ? [`${address} - smtpd`]
      : [`${address} 1 postscreen`, 'smtpd pass - - n - - smtpd', 'tlsproxy unix - - n - 0 tlsproxy'];
  return [...taking, services].join('\n');
};
