import type { NodemailerError } from 'nodemailer/lib/errors';

/**
 * - `refused`: the server will not take this message, now or later.
 * - `deferred`: not now; another try spends an attempt.
 * - `unavailable`: nothing is wrong with this message; no message can be sent at the moment.
 * - `uncertain`: the line broke after the message had been handed over, before the server answered.
 * - `crowded`: it was not tried, since its domain has all the slots that it may have; try in `awayMs`.
 * - `expired`: it was not tried, since its time is over.
 */
export type MailErrorKind = 'refused' | 'deferred' | 'unavailable' | 'uncertain' | 'crowded' | 'expired';

/** A message that was not, or perhaps not, sent. Its text holds the server's words, with no address in it. */
export class MailError extends Error {
  override name = 'MailError';
  readonly kind: MailErrorKind;
  readonly awayMs: number;

  constructor(kind: MailErrorKind, message: string, { awayMs = 0 } = {}) {
    super(message);
    this.kind = kind;
    this.awayMs = awayMs;
  }

  static from(error: unknown, progress: { begun: boolean; handedOver: boolean }): MailError {
    const { code, command, response, responseCode, message } = error as NodemailerError;
    const kind = responseCode
      ? kindOfReply(responseCode, command)
      : kindOfBreak(error as NodemailerError, progress);
    return new MailError(kind, withoutAddresses(response ?? `${code}: ${message}`));
  }
}

/** RFC 5321, 4.2: 4yz is transient and 5yz permanent. Some of either are about the service, not about this message. */
const kindOfReply = (code: number, command = ''): MailErrorKind => {
  const aboutTheService = code === 421 || code === 454 || !/^(RCPT TO|DATA)/.test(command);
  if (aboutTheService) return 'unavailable';
  return code >= 500 ? 'refused' : 'deferred';
};

/** A line that broke in the middle of the talk may have been broken by this message; one that was never there was not. */
const kindOfBreak = (
  { code, syscall, timeoutType }: NodemailerError,
  { begun, handedOver }: { begun: boolean; handedOver: boolean },
): MailErrorKind => {
  if (handedOver) return 'uncertain';
  const isUnreachable =
    syscall === 'connect' ||
    ['EDNS', 'ETLS', 'EAUTH'].includes(code ?? '') ||
    ['CONNECT_TIMEOUT', 'GREETING_TIMEOUT', 'UPGRADE_TIMEOUT'].includes(timeoutType ?? '');
  return begun && !isUnreachable ? 'deferred' : 'unavailable';
};

const withoutAddresses = (text: string) => text.replace(/[^\s<>"]+@[^\s<>"]+/g, '…');
