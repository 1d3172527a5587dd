import { InvalidValue, parseServerUrl } from '@backend-jobs/runtime';
import type { RedisOptions } from 'ioredis';

/** Where a Redis is, and how to log in to it: the part of a connection's options that `REDIS_URL` decides. */
export type RedisAddress = Pick<RedisOptions, 'username' | 'password' | 'tls'> & {
  host: string;
  port: number;
  db: number;
};

/**
 * Reads `redis://user:password@host:port/database`, or `rediss://` for TLS. ioredis would read it by itself,
 * but takes a database that is not a number for number NaN, and any parameter for an option.
 *
 * @throws {InvalidValue}
 */
export const parseRedisUrl = (text: string): RedisAddress => {
  const form = 'redis://user:password@host:port/database (or rediss://)';
  const url = parseServerUrl(text, ['redis', 'rediss'], form);
  if (!/^[0-9]{0,9}$/.test(url.path))
    throw new InvalidValue(`must look like ${form}; the database is a number`);
  if (url.parameters.size > 0) throw new InvalidValue('must have no parameters');
  return {
    host: url.host,
    port: url.port ?? 6379,
    db: Number(url.path),
    ...(url.user && { username: url.user }),
    ...(url.password && { password: url.password }),
    ...(url.scheme === 'rediss' && { tls: {} }),
  };
};
