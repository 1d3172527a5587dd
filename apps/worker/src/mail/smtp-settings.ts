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
  /** `when-offered`: by STARTTLS if the server has it, and in clear if not. `always`: no mail goes out without it. */
  use: 'never' | 'when-offered' | 'always';
  /** Whether the server must show a certificate that can be trusted, for the right name. */
  isVerified: boolean;
  /** Certificates in PEM that are trusted in place of the ones that Node brings. */
  ca: string | undefined;
  /** The name that the certificate must be for; the host's own by default. */
  serverName: string | undefined;
}
