import { isIPv4, isIPv6 } from 'node:net';
import { domainToASCII } from 'node:url';
import {
  type Config,
  certificates,
  combineVariables,
  EnvironmentError,
  InvalidValue,
  oneOf,
  parseSmtpUrl,
  toAsciiDomain,
  variable,
} from '@backend-jobs/runtime';
import { domainOf } from './domain-of.ts';
import { mailFrom } from './mail-from.ts';

/** Where the mail server is, and how the worker talks to it. */
export interface SmtpSettings {
  /** A name in ASCII, or an IP address without brackets. */
  host: string;
  port: number;
  /** TLS from the first byte (`smtps://`), not by STARTTLS. */
  isImplicitTls: boolean;
  auth: { user: string; password: string } | undefined;
  tls: TlsSettings;
  /** What the worker calls itself in EHLO: a domain, or an address in brackets (RFC 5321, 4.1.1.1). */
  ehloName: string;
}

interface TlsSettings {
  /** `when-offered`: if the server has STARTTLS, and else in clear. `always`: no mail goes out without it. */
  use: 'never' | 'when-offered' | 'always';
  /** Whether the server must show a certificate that can be trusted, for the right name. */
  isVerified: boolean;
  /** Certificates in PEM that are trusted in place of the ones that Node brings. */
  ca: string | undefined;
  /** The name that the certificate must be for; the host's own by default. */
  serverName: string | undefined;
}

const parseServerName = (text: string): string => {
  const domain = toAsciiDomain(text);
  if (domain === undefined) throw new InvalidValue('must be a host name');
  return domain;
};

const parseEhloName = (text: string): string => {
  const [, address = ''] = /^\[(.*)\]$/.exec(text) ?? [];
  const isLiteral = isIPv4(address) || (/^IPv6:/i.test(address) && isIPv6(address.slice(5)));
  const name = isLiteral ? text : toAsciiDomain(text);
  if (name === undefined)
    throw new InvalidValue('must be a domain, or an address as [192.0.2.1] or [IPv6:2001:db8::1]');
  return name;
};

const parts = {
  mailFrom,
  url: variable({
    name: 'SMTP_URL',
    decode: parseSmtpUrl,
    required: 'always',
    meaning: '`smtp://user:password@host:port`, or `smtps://` for TLS from the first byte',
  }),
  tls: variable({
    name: 'SMTP_TLS',
    decode: oneOf('auto', 'required', 'unverified', 'off'),
    default: 'auto',
    meaning: '`auto`, `required`, `unverified` or `off`: see [mail.md](mail.md)',
  }),
  ca: variable({
    name: 'SMTP_CA',
    decode: certificates,
    meaning:
      "certificates in PEM to trust in place of the well-known ones; `SMTP_CA_FILE` has their file's path",
  }),
  serverName: variable({
    name: 'SMTP_TLS_SERVERNAME',
    decode: parseServerName,
    meaning: "the name in the mail server's certificate, where it is not the host of `SMTP_URL`",
  }),
  ehloName: variable({
    name: 'SMTP_EHLO_NAME',
    decode: parseEhloName,
    meaning: 'what the worker calls itself to the mail server; the domain of `MAIL_FROM` by default',
  }),
};

/** All that is said about the mail server, as one value. */
export const smtp = combineVariables(parts, (values): SmtpSettings => {
  const { host, port, isImplicitTls, auth } = values.url;
  return {
    host,
    port,
    isImplicitTls,
    auth,
    tls: { ...chooseTls(values), ca: values.ca, serverName: values.serverName },
    ehloName: values.ehloName ?? domainToASCII(domainOf(values.mailFrom.address)),
  };
});

type TlsPolicy = Pick<TlsSettings, 'use' | 'isVerified'>;

const chooseTls = ({ url, tls, ca, serverName }: Config<typeof parts>): TlsPolicy => {
  const describesCertificate = ca !== undefined || serverName !== undefined;
  if (describesCertificate && (tls === 'off' || tls === 'unverified'))
    throw new EnvironmentError([
      'SMTP_TLS must be required or auto where SMTP_CA or SMTP_TLS_SERVERNAME is set',
    ]);
  if (tls === 'off' && url.isImplicitTls)
    throw new EnvironmentError(['SMTP_TLS must not be off where SMTP_URL begins with smtps://']);
  if (url.requireTls !== undefined && tls !== 'auto' && url.requireTls !== (tls === 'required'))
    throw new EnvironmentError(['SMTP_TLS contradicts requireTLS in SMTP_URL: keep one of them']);
  if (tls === 'off') return { use: 'never', isVerified: false };
  if (tls === 'unverified') return { use: 'always', isVerified: false };
  const isWanted = tls === 'required' || url.requireTls === true || url.isImplicitTls || describesCertificate;
  // Credentials must not go to whoever answers in the server's place; on this machine nobody is in between.
  const isNeeded = url.auth !== undefined && !isLoopback(url.host);
  return isWanted || isNeeded
    ? { use: 'always', isVerified: true }
    : { use: 'when-offered', isVerified: false };
};

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
