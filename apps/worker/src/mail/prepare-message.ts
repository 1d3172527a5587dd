import { foldLines } from 'nodemailer/lib/mime-funcs';
import MimeNode from 'nodemailer/lib/mime-node';
import { encode, wrap } from 'nodemailer/lib/qp';
import type { Message } from './mailer.ts';

/** Where the recipient's name goes in the texts of a template. */
export const nameGap = '\u{f0000}';

export interface Mailbox {
  name: string;
  address: string;
}

export interface MessageTemplate {
  from: Mailbox;
  subject: string;
  headers: Record<string, string>;
  /** What it says, with gaps, in plain text and in HTML. */
  text: string;
  html: string;
}

export interface Recipient extends Mailbox {
  /** The name as it stands in HTML. */
  nameInHtml: string;
}

/**
 * Composes, once, what all copies of a message have in common, and answers what makes the message for one recipient.
 *
 * Nothing that is filled in can be taken for anything but a name: the texts are quoted-printable (RFC 2045, 6.7), in
 * which `=_`, and so the boundary, can't occur; soft line breaks around the gap keep lines short; headers are
 * nodemailer's.
 */
export const prepareMessage = ({ from, subject, headers, text, html }: MessageTemplate) => {
  const head = toHeaders({ From: from, Subject: subject, ...headers, 'MIME-Version': '1.0' });
  const fillText = prepareText(text);
  const fillHtml = prepareText(html);

  return ({ address, name, nameInHtml }: Recipient, messageId: string): Message => {
    const personal = toHeaders({ To: { name, address }, 'Message-ID': messageId, Date: new Date() });
    const content = [
      ...[head, personal, `Content-Type: multipart/alternative; boundary="${boundary}"`],
      ...['', `--${boundary}`, partHead('text/plain'), '', fillText(name)],
      ...[`--${boundary}`, partHead('text/html'), '', fillHtml(nameInHtml)],
      ...[`--${boundary}--`, ''],
    ].join('\r\n');
    return { from: from.address, to: address, messageId, content };
  };
};

const boundary = '=_part';

const partHead = (type: string) =>
  `Content-Type: ${type}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable`;

type HeaderValue = Parameters<MimeNode['encodeHeaderValue']>[1];

const headerEncoder = new MimeNode();

const toHeaders = (headers: Record<string, HeaderValue>): string =>
  Object.entries(headers)
    .map(([name, value]) => foldLines(`${name}: ${headerEncoder.encodeHeaderValue(name, value)}`, 76))
    .join('\r\n');

const prepareText = (text: string) => {
  const segments = text.replaceAll('\n', '\r\n').split(nameGap).map(toQuotedPrintable);
  return (name: string): string => segments.join(`=\r\n${toQuotedPrintable(name)}=\r\n`);
};

/** In lines that leave room for a `=` at their end. */
const toQuotedPrintable = (text: string): string => wrap(encode(text), 75);
