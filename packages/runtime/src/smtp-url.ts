import { parseServerUrl } from './server-url.ts';
import { InvalidValue } from './variable.ts';

/** What `SMTP_URL` says by itself. */
export interface SmtpUrl {
  host: string;
  port: number;
  /** `smtps://`: TLS from the first byte (RFC 8314, 3.3), not by STARTTLS. */
  isImplicitTls: boolean;
  auth: { user: string; password: string } | undefined;
  /** `undefined` when the URL does not say. */
  requireTls: boolean | undefined;
}

/**
 * Reads `smtp://user:password@host:port?requireTLS=true`. Without a port it is that of submission (RFC 8314,
 * 3.3).
 *
 * @throws {InvalidValue}
 */
export const parseSmtpUrl = (text: string): SmtpUrl => {
  const form = 'smtp://user:password@host:port (or smtps://)';
  const url = parseServerUrl(text, ['smtp', 'smtps'], form);
  if (url.path !== '') throw new InvalidValue(`must look like ${form}, with no path`);
  if (url.password && !url.user) throw new InvalidValue('has a password, but no user');
  const isImplicitTls = url.scheme === 'smtps';
  return {
    host: url.host,
    port: url.port ?? (isImplicitTls ? 465 : 587),
    isImplicitTls,
    auth: url.user ? { user: url.user, password: url.password } : undefined,
    requireTls: readRequireTls(url.parameters),
  };
};

const readRequireTls = (parameters: URLSearchParams): boolean | undefined => {
  const known = 'the only parameter that it takes is requireTLS, as requireTLS=true or requireTLS=false';
  const unknown = [...parameters.keys()].find((name) => name !== 'requireTLS');
  if (unknown !== undefined) {
    const name = /^[\w.-]{1,30}$/.test(unknown) ? ` ${unknown}` : '';
    throw new InvalidValue(`has an unknown parameter${name}: ${known}`);
  }
  const values = parameters.getAll('requireTLS');
  if (values.length === 0) return undefined;
  const [value] = values;
  if (values.length > 1 || (value !== 'true' && value !== 'false'))
    throw new InvalidValue(`has a wrong value for its parameter requireTLS: ${known}`);
  return value === 'true';
};
