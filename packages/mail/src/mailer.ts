import type { Logger } from '@backend-jobs/runtime';
import { registrableDomainOf } from './domain-of.ts';
import { createDomainSlots } from './domain-slots.ts';
import type { MailOutcome, Unavailable } from './mail-outcome.ts';
import type { Message } from './message.ts';
import { openSmtpLine, type SmtpLine } from './smtp-line.ts';
import { createSmtpPool } from './smtp-pool.ts';
import type { SmtpSettings } from './smtp-settings.ts';
import { toUnavailable } from './to-mail-outcome.ts';

/** The message was not tried: other messages to its domain take all the slots that the domain may have. */
export interface Crowded {
  kind: 'crowded';
  retryAfterMs: number;
}

/** This process stops. The server has not been handed the message. */
export interface Interrupted {
  kind: 'interrupted';
}

/** A connection to the mail server that can take one message. Dispose of it in any case. */
export interface Courier extends Disposable {
  /** Hands over one message. Does not throw. It may take as long as RFC 5321 allows each phase to take. */
  send(message: Message): Promise<MailOutcome | Crowded | Interrupted>;
}

export interface Mailer {
  /**
   * Takes a connection that is open, or connects. Until then no message is touched: a mail server that is down costs none
   * of them an attempt.
   */
  connect(): Promise<{ kind: 'connected'; courier: Courier } | Unavailable | Interrupted>;
  /** Interrupts the messages that the server has not been handed, and closes the connections that are not in use. */
  close(): void;
}

/** How often a message is tried at once, when the lines that it was to use are closed or out of date. */
const mostTries = 3;

export const createMailer = ({
  settings,
  maxConnections,
  logger,
}: {
  settings: SmtpSettings;
  maxConnections: number;
  logger: Logger;
}): Mailer => {
  const slots = createDomainSlots(maxConnections);
  const logEncryption = createEncryptionLog(logger);
  let isClosed = false;
  const pool = createSmtpPool({
    max: maxConnections,
    open: async (options) => {
      const line = await openSmtpLine(settings, options);
      logEncryption(line.encryption);
      return line;
    },
    onLimit: (connections, error) => {
      const { reason } = toUnavailable(error);
      logger.warn({ connections, reason }, 'the mail server allows fewer connections');
    },
  });

  const acquire = async (
    fresh: boolean,
  ): Promise<{ kind: 'line'; line: SmtpLine } | Unavailable | Interrupted> => {
    const acquired = await pool.acquire({ fresh });
    if (acquired.kind === 'unavailable') return toUnavailable(acquired.error);
    return acquired.kind === 'closed' ? { kind: 'interrupted' } : acquired;
  };

  const sendOver = async (held: { line: SmtpLine }, message: Message): Promise<MailOutcome | Interrupted> => {
    for (let tries = 1; ; tries += 1) {
      const isLastTry = tries === mostTries;
      const isReused = held.line.messages > 0;
      const outcome = await held.line.send(message, { isLastTry });
      // A server follows new settings on new connections alone: what an old one refuses is asked once more.
      const isInDoubt = outcome.kind === 'suspect' && isReused && !isLastTry;
      if (outcome.kind !== 'stale' && !isInDoubt) return outcome as MailOutcome | Interrupted;
      const acquired = await acquire(isInDoubt || tries + 1 === mostTries);
      if (acquired.kind !== 'line') return acquired;
      pool.release(held.line);
      held.line = acquired.line;
    }
  };

  return {
    connect: async () => {
      const held = await acquire(false);
      if (held.kind !== 'line') return held;
      const courier: Courier = {
        send: async (message) => {
          if (isClosed) return { kind: 'interrupted' };
          const slot = slots.enter(registrableDomainOf(message.to));
          if (slot.kind === 'crowded') return slot;
          const outcome = await sendOver(held, message);
          slot.leave(saysThatItLives.has(outcome.kind));
          return outcome;
        },
        [Symbol.dispose]: () => pool.release(held.line),
      };
      return { kind: 'connected', courier };
    },
    close: () => {
      isClosed = true;
      pool.close();
    },
  };
};

/** The ends by which a recipient's domain is not known to stall. */
const saysThatItLives = new Set<string>(['sent', 'refused', 'suspect']);

/** Logs how the connections are encrypted: once, and again when it changes. */
const createEncryptionLog = (logger: Logger) => {
  let logged = '';
  return (encryption: string): void => {
    if (encryption === logged) return;
    logged = encryption;
    logger.info({ encryption }, 'connected to the mail server');
  };
};
