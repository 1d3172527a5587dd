import type { NodemailerError } from 'nodemailer/lib/errors';

/**
 * How the attempt to send one message ended.
 *
 * - `sent`: the server has taken it.
 * - `refused`: the server will not take this message, now or later.
 * - `deferred`: the server did not take it now, and may later.
 * - `uncertain`: the connection broke after the message was handed over, before the server replied.
 * - `unavailable`: nothing is wrong with this message; no message can be sent at the moment.
 *
 * A `reason` is the server's reply or the connection's error, without addresses.
 */
export type MailOutcome = { kind: 'sent' } | MailFault;

export interface MailFault {
  kind: 'refused' | 'deferred' | 'uncertain' | 'unavailable';
  reason: string;
}

/** How far the dialogue about one message got, which SMTP's error codes alone don't say. */
export interface DeliveryProgress {
  begun: boolean;
  handedOver: boolean;
}

export const toMailFault = (error: unknown, progress: DeliveryProgress): MailFault => {
  const { code, command, response, responseCode, message } = error as NodemailerError;
  const kind = responseCode
    ? kindOfReply(responseCode, command)
    : kindOfBreak(error as NodemailerError, progress);
  return { kind, reason: withoutAddresses(response ?? `${code}: ${message}`) };
};

/** RFC 5321, 4.2: 4yz is transient and 5yz permanent. Some of either concern the service, not this message. */
const kindOfReply = (code: number, command = ''): MailFault['kind'] => {
  const concernsTheService = code === 421 || code === 454 || !/^(RCPT TO|DATA)/.test(command);
  if (concernsTheService) return 'unavailable';
  return code >= 500 ? 'refused' : 'deferred';
};

/** A connection that broke in the middle of a dialogue may have been broken by this message; one that never was can't. */
const kindOfBreak = (
  { code, syscall, timeoutType }: NodemailerError,
  { begun, handedOver }: DeliveryProgress,
): MailFault['kind'] => {
  if (handedOver) return 'uncertain';
  const isUnreachable =
    syscall === 'connect' ||
    ['EDNS', 'ETLS', 'EAUTH'].includes(code ?? '') ||
    ['CONNECT_TIMEOUT', 'GREETING_TIMEOUT', 'UPGRADE_TIMEOUT'].includes(timeoutType ?? '');
  return begun && !isUnreachable ? 'deferred' : 'unavailable';
};

const withoutAddresses = (text: string) => text.replace(/[^\s<>"]+@[^\s<>"]+/g, '…');
