import { encodeWord, foldLines } from 'nodemailer/lib/mime-funcs';
import MimeNode from 'nodemailer/lib/mime-node';
import { encode, wrap } from 'nodemailer/lib/qp';
import type { Mailbox } from './mailbox.ts';
import type { Message } from './message.ts';

/** Where a template has the recipient's name. A private-use character, which no text of ours has. */
export const namePlaceholder = '\u{f0000}';

export interface MessageTemplate {
  from: Mailbox;
  subject: string;
  headers: Record<string, string>;
  /** What it says, in plain text and in HTML, with placeholders. */
  text: string;
  html: string;
  escapeHtml: (text: string) => string;
}

/**
 * Composes, once, what all copies of a message have in common, and answers what makes the message for one
 * recipient.
 *
 * Nothing that is filled in can be taken for anything but a name: the texts are quoted-printable (RFC 2045,
 * 6.7), in which `=_`, and so the boundary, can't occur; soft line breaks around the name keep lines short;
 * in HTML it is escaped; headers are nodemailer's.
 */
export const prepareMessage = ({ from, subject, headers, text, html, escapeHtml }: MessageTemplate) => {
  const sharedHeaders = toHeaders({
    From: inHeader(from),
    Subject: subject,
    ...headers,
    'MIME-Version': '1.0',
  });
  const fillText = prepareText(text);
  const fillHtml = prepareText(html);

  return (to: Mailbox, messageId: string): Message => ({
    from: from.address,
    to: to.address,
    messageId,
    raw: [
      sharedHeaders,
      toRecipientHeader(to),
      toHeaders({ 'Message-ID': messageId, Date: new Date() }),
      `Content-Type: multipart/alternative; boundary="${boundary}"`,
      '',
      `--${boundary}`,
      toPart('text/plain', fillText(to.name)),
      `--${boundary}`,
      toPart('text/html', fillHtml(escapeHtml(to.name))),
      `--${boundary}--`,
      '',
    ].join('\r\n'),
  });
};

const boundary = '=_part';

const toPart = (type: string, text: string): string =>
  [`Content-Type: ${type}; charset=utf-8`, 'Content-Transfer-Encoding: quoted-printable', '', text].join(
    '\r\n',
  );

type HeaderValue = Parameters<MimeNode['encodeHeaderValue']>[1];

/**
 * A run of blanks would be folded into a line that holds nothing else, which must not be made (RFC 5322,
 * 3.2.2).
 */
const inHeader = ({ name, address }: Mailbox): Mailbox => ({
  name: name.trim().replace(/\s+/g, ' '),
  address,
});

const headerEncoder = new MimeNode();

const toHeader = (name: string, value: string): string => foldLines(`${name}: ${value}`, 76);

const toHeaders = (headers: Record<string, HeaderValue>): string =>
  Object.entries(headers)
    .map(([name, value]) => toHeader(name, headerEncoder.encodeHeaderValue(name, value)))
    .join('\r\n');

/**
 * Mail programs decode what looks like an encoded word (RFC 2047), even in quotes; so a name that has one is
 * encoded.
 */
const toRecipientHeader = (recipient: Mailbox): string => {
  const { name, address } = inHeader(recipient);
  if (!name.includes('=?')) return toHeaders({ To: { name, address } });
  const bareAddress = headerEncoder.encodeHeaderValue('To', { name: '', address });
  return toHeader('To', `${encodeWord(name, 'Q', 52)} <${bareAddress}>`);
};

/** Cut before it is filled, so that a name which holds a placeholder is only a name. */
const prepareText = (text: string) => {
  const segments = text.replaceAll('\n', '\r\n').split(namePlaceholder).map(toQuotedPrintable);
  return (name: string): string => segments.join(`=\r\n${toQuotedPrintable(name)}=\r\n`);
};

/**
 * In lines of 75 and the `=` of a soft line break: 76, the most that RFC 2045, 6.7 allows. None begins with
 * `From `, which is where a mailbox file begins another message (RFC 2049, 3).
 */
const toQuotedPrintable = (text: string): string => wrap(encode(text).replaceAll('From ', '=46rom '), 75);
