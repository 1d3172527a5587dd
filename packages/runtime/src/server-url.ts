import { isIPv6 } from 'node:net';
import { domainToASCII } from 'node:url';
import { InvalidValue } from './variable.ts';

/** The parts of a URL that leads to a server, decoded. */
export interface ServerUrl {
  scheme: string;
  /** A name in ASCII, or an IP address, without the brackets of IPv6. */
  host: string;
  port: number | undefined;
  user: string;
  password: string;
  /** Empty, or what follows the slash after host and port. */
  path: string;
  parameters: URLSearchParams;
}

/**
 * Reads the URL of a server, for the decoders of `SMTP_URL` and `REDIS_URL`.
 *
 * @param form is what the URL looks like, for the message: `smtp://user:password@host:port`
 * @throws {InvalidValue} with one message for everything that can be wrong with it: a `/` in a password looks
 * like the end of the host, so that which part is wrong can not be told
 */
export const parseServerUrl = (text: string, schemes: readonly string[], form: string): ServerUrl => {
  const url = parse(text);
  if (url && schemes.includes(url.scheme)) return url;
  throw new InvalidValue(
    `must look like ${form}, with a port from 1 to 65535. ` +
      'In user and password write % as %25, / as %2F, ? as %3F, # as %23 and @ as %40',
  );
};

const parse = (text: string): ServerUrl | undefined => {
  // URL drops tabs and line breaks. An @ after the host's end is one of a password that was not encoded.
  if (/\p{Cc}/u.test(text) || /\/\/[^/?#]*[/?#].*@/.test(text)) return undefined;
  const url = URL.parse(text);
  if (!url || url.hash || url.port === '0') return undefined;
  try {
    const host = toHost(url.hostname);
    if (!host) return undefined;
    return {
      scheme: url.protocol.slice(0, -1),
      host,
      port: url.port ? Number(url.port) : undefined,
      user: decodeURIComponent(url.username),
      password: decodeURIComponent(url.password),
      path: url.pathname.slice(1),
      parameters: url.searchParams,
    };
  } catch {
    return undefined; // a % that begins no encoded character
  }
};

/** URL leaves the host of a scheme that it does not know as it is, percent-encoded where it is not ASCII. */
const toHost = (hostname: string): string => {
  const address = hostname.replace(/^\[(.*)\]$/, '$1');
  if (isIPv6(address)) return address;
  const name = decodeURIComponent(hostname);
  return /^[\p{L}\p{M}\p{N}._-]+$/u.test(name) ? domainToASCII(name) : '';
};
