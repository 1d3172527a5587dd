import { Readable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import type { NodemailerError } from 'nodemailer/lib/errors';
import type SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { MailOutcome } from './mail-outcome.ts';
import type { Message } from './message.ts';
import { encryptionOf, type OpenOptions, openSmtpConnection, smtpWaits } from './smtp-connection.ts';
import type { SmtpSettings } from './smtp-settings.ts';
import { isVerdict, toMailOutcome } from './to-mail-outcome.ts';

type LineOutcome = MailOutcome | { kind: 'interrupted' } | { kind: 'stale' };

/** An open connection to the mail server, with EHLO, TLS and login done. It takes one message after the other. */
export interface SmtpLine {
  readonly isOpen: boolean;
  /** How many messages were tried over it. */
  readonly messages: number;
  /** How it is encrypted, in words for a log. */
  readonly encryption: string;
  /**
   * Sends one message; does not throw. A line that is open afterwards can take the next one. `stale` means that the
   * server had closed a line which was used before: the message is to be sent over another one. The last try has no such
   * excuse.
   */
  send(message: Message, options: { isLastTry: boolean }): Promise<LineOutcome>;
  /**
   * Ends a message that the server has not been handed yet: its `send` resolves with `interrupted`, and the line is
   * closed. A message that is handed over is waited for.
   */
  interrupt(): void;
  /** Says goodbye, and closes the connection. */
  close(): void;
}

/**
 * Opens a line, as `openSmtpConnection` does.
 *
 * @param onClose is called once, when the connection is gone
 * @throws {NodemailerError} when the server can't be reached, greets with a refusal, or fails at EHLO, TLS or login
 */
export const openSmtpLine = async (
  settings: SmtpSettings,
  { onClose, ...options }: OpenOptions & { onClose: () => void },
): Promise<SmtpLine> => {
  const { messageMs, resetMs } = options.waits ?? smtpWaits;
  const connection = await openSmtpConnection(settings, options);
  let messages = 0;
  let interrupt = () => {};
  connection.once('end', onClose);

  const send: SmtpLine['send'] = async (message, { isLastTry }) => {
    const isReused = messages > 0;
    messages += 1;
    const lastReply = connection.lastServerResponse;
    const stream = Readable.from(message.raw, { objectMode: false });
    // Read to its end once the server has been sent the final dot: from then on it may have taken the message.
    const isHandedOver = () => stream.readableEnded;
    const { promise, resolve } = Promise.withResolvers<LineOutcome>();

    const end = (outcome: LineOutcome) => {
      connection.close();
      resolve(outcome);
    };
    const fail = (error: NodemailerError) => {
      const isGoodbye = error.responseCode === 421 && Boolean(error.command?.startsWith('MAIL'));
      const hasNoReply = error.responseCode === undefined && connection.lastServerResponse === lastReply;
      if (isReused && !isLastTry && !isHandedOver() && (isGoodbye || hasNoReply))
        return end({ kind: 'stale' });
      const fault = toMailOutcome(error, { recipient: message.to, isHandedOver: isHandedOver() });
      const isOver = error.responseCode === 421 || !isVerdict(error.responseCode);
      // A server follows new settings on new connections alone: one that refuses more than this message is given up.
      const isAboutMore =
        fault.kind === 'suspect' || (fault.kind === 'deferred' && fault.about !== 'message');
      if (isOver || isAboutMore) return end(fault);
      resolve(fault);
    };

    interrupt = () => {
      if (!isHandedOver()) end({ kind: 'interrupted' });
    };
    const timer = setTimeout(() => {
      fail(Object.assign(new Error('The dialogue took too long'), { code: 'ETIMEDOUT', command: 'DATA' }));
    }, messageMs);
    connection.send({ from: message.from, to: message.to }, stream, (error) =>
      error ? fail(error) : resolve({ kind: 'sent' }),
    );
    const outcome = await promise;
    clearTimeout(timer);
    interrupt = () => connection.close();
    if (outcome.kind !== 'sent' && !connection.destroyed) await reset(connection, resetMs);
    // What the server says beyond its reply closes the connection here, and is no reply about the next message.
    await turn();
    interrupt = () => {};
    return outcome;
  };

  return {
    get isOpen() {
      return !connection.destroyed;
    },
    get messages() {
      return messages;
    },
    encryption: encryptionOf(connection),
    send,
    interrupt: () => interrupt(),
    close: () => (connection.destroyed ? undefined : connection.quit()),
  };
};

/** Has the server forget what it has of a message. Closes the connection if the server does not confirm it in time. */
const reset = async (connection: SMTPConnection, waitMs: number): Promise<void> => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const close = () => connection.close();
  const timer = setTimeout(close, waitMs);
  connection.once('end', resolve);
  connection.reset((error) => {
    if (error) close();
    resolve();
  });
  await promise;
  clearTimeout(timer);
  connection.off('end', resolve);
};
