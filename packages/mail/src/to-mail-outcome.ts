import type { NodemailerError } from 'nodemailer/lib/errors';
import type { MailOutcome, Unavailable } from './mail-outcome.ts';
import { readableReply } from './smtp-reply.ts';

/** While no connection can be had all emails wait this long, in all workers, before others are tried. */
const unavailableMs = 2_000;

/**
 * Whether a reply says that the server does not take the message. Of anything but 4yz and 5yz where 2yz or 3yz is due, only
 * the server knows what it means: after the final dot it may have taken the message.
 */
export const isVerdict = (code: number | undefined): code is number =>
  code !== undefined && code >= 400 && code < 600;

/** What an error means that ended the sending of one message. */
export const toMailOutcome = (
  error: NodemailerError,
  { recipient, isHandedOver }: { recipient: string; isHandedOver: boolean },
): MailOutcome => {
  const { command = '', response, responseCode, code = error.name } = error;
  const reason = readableReply(response ?? `${code}: ${error.message}`, recipient);
  if (isVerdict(responseCode))
    return toReplyOutcome({ command, code: responseCode, enhanced: enhancedCodeOf(response) }, reason);
  if (isHandedOver) return { kind: 'uncertain', reason };
  // Nodemailer itself refused it: a message larger than the server's SIZE, or an envelope that can't be sent.
  const isOwnRefusal = response === undefined && (code === 'EMESSAGE' || code === 'EENVELOPE');
  if (isOwnRefusal) return { kind: 'suspect', reason, evidence: code };
  return { kind: 'deferred', reason, evidence: `${command} ${code}`, about: 'service' };
};

/** No message is at fault when no connection could be had. */
export const toUnavailable = (error: Error & { response?: string; code?: string }): Unavailable => ({
  kind: 'unavailable',
  reason: readableReply(
    phaseOf(error) + (error.response ?? `${error.code ?? error.name}: ${error.message}`),
    '',
  ),
  retryAfterMs: unavailableMs,
});

/** A reply alone does not say that it was to STARTTLS, or to a login. */
const phaseOf = ({ code = '' }: { code?: string }): string =>
  ({ ETLS: 'TLS failed: ', EAUTH: 'Login failed: ' })[code] ?? '';

interface Reply {
  /**
   * What the server replied to: `MAIL FROM`, `RCPT TO`, or `DATA`, which also stands for the message itself; `CONN` if it
   * said so of its own accord, or as it closed the connection.
   */
  command: string;
  code: number;
  /** Subject and detail of the enhanced status code (RFC 3463): `7.1` of `5.7.1`. */
  enhanced: string | undefined;
}

const enhancedCodeOf = (response = ''): string | undefined =>
  /^\d{3}[ -][245]\.(\d{1,3}\.\d{1,3})\b/.exec(response)?.[1];

/**
 * RFC 5321, 4.2: 4yz is transient and 5yz permanent; 503 says that the dialogue went wrong, not the message; 421 closes the
 * connection, and may follow any command.
 *
 * A transient reply to a recipient, such as 450 of greylisting, says nothing about the service. 421, a reply to the sender
 * and X.3, the mail system, do.
 */
const toReplyOutcome = (reply: Reply, reason: string): MailOutcome => {
  const { command, code, enhanced = '' } = reply;
  const evidence = `${command.split(':')[0]} ${code} ${enhanced}`.trim();
  if (code >= 500 && code !== 503)
    return isAboutTheRecipient(reply) ? { kind: 'refused', reason } : { kind: 'suspect', reason, evidence };
  const isAboutTheService = code === 421 || command.startsWith('MAIL') || enhanced.startsWith('3.');
  const otherwise = isAboutTheRecipient(reply) ? 'message' : 'unclear';
  return { kind: 'deferred', reason, evidence, about: isAboutTheService ? 'service' : otherwise };
};

/**
 * RFC 3463, 3 and RFC 5248: X.1 is about the address, X.2 about the mailbox, X.6 about what the message holds; of X.1,
 * details 7 and 8 are about the sender. Without an enhanced code it is open: Postfix and others keep their verdict on the
 * client, its name, the sender and relaying until RCPT TO.
 */
const isAboutTheRecipient = ({ command, enhanced = '' }: Reply): boolean =>
  (command === 'RCPT TO' || command === 'DATA') &&
  /^[126]\./.test(enhanced) &&
  !['1.7', '1.8'].includes(enhanced);
