import { readFileSync } from 'node:fs';
import { certificates, InvalidValue, parseServerUrl } from '@backend-jobs/runtime';

/** Where a PostgreSQL is, how to log in to it, and whether the connection is encrypted: what `DATABASE_URL` decides. */
export interface DatabaseAddress {
  host: string;
  port: number;
  user: string;
  password: string | undefined;
  database: string;
  /** `undefined`: plain text. Otherwise the server's certificate must be valid, and be its own. */
  tls: { ca: string | undefined } | undefined;
  /** Whether a statement that is run often is prepared once for each connection. `DATABASE_PREPARE` may say no. */
  prepares?: boolean;
}

/**
 * Reads `postgres://user:password@host:port/database?sslmode=verify-full`. Not by pg itself: it takes no `sslmode` for
 * plain text, and what it makes of `require` is to change with its next version. Here the two modes are allowed that
 * can mean one thing only.
 *
 * @throws {InvalidValue}
 */
export const parseDatabaseUrl = (
  text: string,
  { isProduction }: { isProduction: boolean },
): DatabaseAddress => {
  const form = 'postgres://user:password@host:port/database';
  const url = parseServerUrl(text, ['postgres', 'postgresql'], form);
  const database = decodeURIComponent(url.path);
  if (!url.user || !database || database.includes('/')) throw new InvalidValue(`must look like ${form}`);
  return {
    host: url.host,
    port: url.port ?? 5432,
    user: url.user,
    password: url.password || undefined,
    database,
    tls: toTls(url.parameters, { isProduction }),
  };
};

const toTls = (parameters: URLSearchParams, context: { isProduction: boolean }): DatabaseAddress['tls'] => {
  const { sslmode, sslrootcert, ...others } = Object.fromEntries(parameters);
  if (Object.keys(others).length > 0)
    throw new InvalidValue('must have no parameters but sslmode and sslrootcert');
  switch (sslmode) {
    case 'verify-full':
      return { ca: sslrootcert === undefined ? undefined : readCertificates(sslrootcert, context) };
    case 'disable':
    case undefined:
      if (sslrootcert === undefined) return undefined;
      throw new InvalidValue('has a sslrootcert, so its sslmode must be verify-full');
    default:
      throw new InvalidValue('must have the sslmode verify-full, or disable');
  }
};

const readCertificates = (path: string, context: { isProduction: boolean }): string => {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    throw new InvalidValue('names a sslrootcert that can not be read');
  }
  try {
    return certificates(text, context);
  } catch {
    throw new InvalidValue('names a sslrootcert that holds no certificates in PEM');
  }
};

/** Whether nobody can listen to what is said to this server: it is on this machine, or the connection is encrypted. */
export const isPrivate = ({ host, tls }: DatabaseAddress): boolean =>
  tls !== undefined || host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
