import { InvalidValue, parseServerUrl, type ServerUrl } from '@backend-jobs/runtime';
import type { RedisOptions } from 'ioredis';

export interface HostAndPort {
  host: string;
  port: number;
}

/** How to reach a Redis and log in to it: what `REDIS_URL` decides of a connection. */
export type RedisAddress = Login & (OneServer | BehindSentinel | InCluster);

type Login = Pick<RedisOptions, 'username' | 'password' | 'tls'>;

type OneServer = HostAndPort & { db: number };

/** The master is the one that the sentinels know by this name. */
interface BehindSentinel extends Pick<RedisOptions, 'sentinelUsername' | 'sentinelPassword' | 'sentinelTLS'> {
  sentinels: HostAndPort[];
  name: string;
  db: number;
  enableTLSForSentinelMode: boolean;
}

/** Any of these nodes knows the others, and which of them has the deployment's keys. */
export interface InCluster {
  nodes: HostAndPort[];
}

/** The servers that the URL names; of those that have several one is enough. */
export const serversOf = (address: RedisAddress): HostAndPort[] => {
  if ('nodes' in address) return address.nodes;
  return 'sentinels' in address ? address.sentinels : [address];
};

const forms = {
  '': 'redis://user:password@host:port/database',
  sentinel: 'redis+sentinel://user:password@host:port,host:port/name/database',
  cluster: 'redis+cluster://user:password@host:port,host:port',
};
type Kind = keyof typeof forms;

/**
 * Reads `REDIS_URL` in one of its three forms; with `rediss` in place of `redis` for TLS. ioredis would read the first by
 * itself, but takes a database that is not a number for number NaN, and any parameter for an option.
 *
 * @throws {InvalidValue}
 */
export const parseRedisUrl = (text: string): RedisAddress => {
  const [, scheme = 'redis', kind = '', login = '', hosts = '', path = ''] =
    /^(rediss?)\+(sentinel|cluster):\/\/([^/]*@)?([^/?#]*)(.*)$/s.exec(text) ?? [];
  return kind === ''
    ? parseOneServer(text)
    : parseSeveral(
        kind as Kind,
        hosts.split(',').map((host) => `${scheme}://${login}${host}${path}`),
      );
};

const parseOneServer = (text: string): RedisAddress => {
  const url = parse(text, '');
  forbidParameters(url);
  return { host: url.host, port: url.port ?? 6379, db: toDatabase(url.path, ''), ...toLogin(url) };
};

/** @param texts one URL for each host, which are alike in all else */
const parseSeveral = (kind: Kind, texts: readonly string[]): RedisAddress => {
  const urls = texts.map((text) => parse(text, kind));
  const [url] = urls as [ServerUrl];
  const at = (port: number) => urls.map((each) => ({ host: each.host, port: each.port ?? port }));
  if (kind === 'sentinel') return { ...toLogin(url), sentinels: at(26_379), ...toMaster(url) };
  forbidParameters(url);
  if (url.path !== '') throw new InvalidValue(`must look like ${forms.cluster}: a cluster has one database`);
  return { ...toLogin(url), nodes: at(6379) };
};

const toMaster = (url: ServerUrl): Omit<BehindSentinel, 'sentinels'> => {
  const [name = '', database = '', ...more] = url.path.split('/');
  if (name === '' || more.length > 0)
    throw new InvalidValue(`must look like ${forms.sentinel}: the name is that of the master`);
  const {
    'sentinel-user': user,
    'sentinel-password': password,
    ...others
  } = Object.fromEntries(url.parameters);
  if (Object.keys(others).length > 0)
    throw new InvalidValue('must have no parameters but sentinel-user and sentinel-password');
  const isSecure = url.scheme === 'rediss';
  return {
    name: decodeURIComponent(name),
    db: toDatabase(database, 'sentinel'),
    ...(user && { sentinelUsername: user }),
    ...(password && { sentinelPassword: password }),
    enableTLSForSentinelMode: isSecure,
    ...(isSecure && { sentinelTLS: {} }),
  };
};

const parse = (text: string, kind: Kind): ServerUrl =>
  parseServerUrl(text, ['redis', 'rediss'], `${forms[kind]} (or ${forms[kind].replace('redis', 'rediss')})`);

const toLogin = ({ user, password, scheme }: ServerUrl): Login => ({
  ...(user && { username: user }),
  ...(password && { password }),
  ...(scheme === 'rediss' && { tls: {} }),
});

const toDatabase = (path: string, kind: Kind): number => {
  if (!/^[0-9]{0,9}$/.test(path))
    throw new InvalidValue(`must look like ${forms[kind]}; the database is a number`);
  return Number(path);
};

const forbidParameters = ({ parameters }: ServerUrl): void => {
  if (parameters.size > 0) throw new InvalidValue('must have no parameters');
};
