import type { MailOutcome } from '@backend-jobs/mail';

const connecting: Record<string, string> = {
  name: 'Check the host in SMTP_URL, and the name server of this machine.',
  connection:
    'Check host and port in SMTP_URL, and that a firewall lets this machine connect (587, 465 or 25).',
  greeting:
    'The server refuses this machine, or is no SMTP server. Check the port (465 needs smtps://), and whether the server ' +
    'knows this address.',
  EHLO: 'The server does not accept the name in EHLO. Set SMTP_EHLO_NAME to a host name that it can resolve.',
  TLS:
    'For a private CA set SMTP_CA_FILE; for a certificate of another name SMTP_TLS_SERVERNAME; to check no certificate ' +
    'SMTP_TLS=unverified. A server without STARTTLS needs SMTP_TLS=off, or smtps:// on port 465.',
  login:
    'Check user and password in SMTP_URL. In them write % as %25, / as %2F, ? as %3F, # as %23 and @ as %40. A server ' +
    'that offers no AUTH takes mail without a user, or offers it on another port.',
};

export const adviceForConnecting = (step: string): string => connecting[step] ?? '';

const sending: Record<Exclude<MailOutcome['kind'], 'sent'>, string> = {
  refused: 'The server knows no such recipient. Try another address.',
  suspect:
    'The server refuses the client, the sender or the route. Check that it relays for this machine or this login, and ' +
    'that it accepts MAIL_FROM.',
  deferred:
    'The server asks to try again later; the worker does. Greylisting and rate limits look like this.',
  uncertain: 'The connection broke after the message: it may have been taken. Look into the mailbox.',
  unavailable: 'The connection was lost. Try again.',
};

export const adviceForSending = (kind: Exclude<MailOutcome['kind'], 'sent'>): string => sending[kind];
