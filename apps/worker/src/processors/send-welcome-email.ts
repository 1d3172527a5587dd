import { randomUUID } from 'node:crypto';
import { type SendWelcomeEmailPayload, type SignUpFlow, sendWelcomeEmail } from '@backend-jobs/jobs';
import type { Logger } from '@backend-jobs/runtime';
import type { OnUnknown, User, UserStore, WelcomeEmailSettlement } from '@backend-jobs/sign-ups';
import { UnrecoverableError } from 'bullmq';
import { MailError } from '../mail/mail-error.ts';
import type { Mailer, Message } from '../mail/mailer.ts';
import { putBack } from '../put-back.ts';
import type { Task } from './task.ts';

/** While the mail server is down all emails wait this long, in all workers, before some are tried again. */
const mailProbeIntervalMs = 2_000;

interface Deps {
  users: UserStore;
  signUps: SignUpFlow;
  mailer: Mailer;
  composeWelcomeEmail: (user: User) => Message;
  logger: Logger;
  onUnknown: OnUnknown;
  /** How old a welcome may get before it is no longer welcome. An operator's retry makes it new. */
  deadlineMs: number;
}

/**
 * Sends the welcome email of a user who exists. Delivery is at least once, unless `onUnknown` is 'hold': a message that
 * the server took just before the line or the worker broke is sent again, under the same Message-ID. To mail twice
 * beats not to mail.
 */
export const sendWelcomeEmailTask = ({
  users,
  signUps,
  mailer,
  composeWelcomeEmail,
  logger,
  onUnknown,
  deadlineMs,
}: Deps): Task<typeof SendWelcomeEmailPayload> => {
  const tell = tellMailOutages(logger);

  return {
    definition: sendWelcomeEmail,

    process: async ({ payload: { userId }, job, token: jobToken }) => {
      const token = randomUUID();
      const claim = await users.claimWelcomeEmail(userId, token, {
        onUnknown,
        stalls: job.stalledCounter,
        addedMs: job.timestamp,
        start: job.attemptsStarted,
      });
      if (!claim) return { outcome: 'nothing-to-send' };
      if (claim.isHeld) throw new UnrecoverableError('over, or perhaps sent: its worker was lost');
      const { user, attempts, sinceMs } = claim;
      const message = composeWelcomeEmail(user);
      const isOverdue = Date.now() > sinceMs + deadlineMs;
      const fault = isOverdue ? new MailError('expired', 'expired') : await faultOf(mailer.send(message));
      tell(fault);
      if (!fault) {
        const { messageId } = message;
        const sent = { attempts, messageId, sentAt: new Date().toISOString() };
        const isOurs = await users.settleWelcomeEmail(userId, token, {
          status: 'sent',
          isFinal: true,
          ...sent,
        });
        // Else another run has it by now, or the person was deleted.
        return isOurs ? { outcome: 'sent', messageId, attempts } : { outcome: 'superseded' };
      }
      const isFinal = isFinalFault(fault, onUnknown);
      const settlement = { ...settlementOf(fault, attempts), ...wordsOf(fault), isFinal };
      await users.settleWelcomeEmail(userId, token, settlement);
      if (fault.kind === 'crowded') return putBack(job, jobToken, fault.awayMs);
      if (fault.kind === 'unavailable') return signUps.holdEmails(mailProbeIntervalMs);
      throw isFinal ? new UnrecoverableError(fault.message) : fault;
    },

    giveUp: (job, error) => users.giveUpWelcomeEmail(job.data.userId, error.message),
  };
};

/** Tells once that no mail can be sent, and once that it can again. */
const tellMailOutages = (logger: Logger) => {
  let isOut = false;
  return (fault: MailError | undefined): void => {
    if (fault?.kind === 'unavailable' && !isOut) {
      logger.error({ reason: fault.message }, 'no mail can be sent: the emails wait');
      isOut = true;
    } else if (!fault && isOut) {
      logger.info('mail can be sent again');
      isOut = false;
    }
  };
};

const faultOf = async (sending: Promise<void>): Promise<MailError | undefined> => {
  try {
    await sending;
  } catch (error) {
    return error instanceof MailError ? error : new MailError('deferred', String(error));
  }
};

const isFinalFault = ({ kind }: MailError, onUnknown: OnUnknown): boolean =>
  kind === 'refused' || kind === 'expired' || (kind === 'uncertain' && onUnknown === 'hold');

/** A message that was not tried at all got no words from anybody. */
const wordsOf = ({ kind, message }: MailError) => (kind === 'crowded' ? {} : { error: message });

/** Only a try that a mail server was asked about counts as an attempt. */
const settlementOf = (
  { kind }: MailError,
  attempts: number,
): Pick<WelcomeEmailSettlement, 'status' | 'attempts'> => {
  switch (kind) {
    case 'refused':
      return { status: 'failed', attempts };
    case 'crowded':
      return { status: 'pending', attempts: attempts - 1 };
    case 'expired':
      return { status: 'failed', attempts: attempts - 1 };
    case 'deferred':
      return { status: 'pending', attempts };
    case 'uncertain':
      return { status: 'unknown', attempts };
    case 'unavailable':
      return { status: 'pending', attempts: attempts - 1 };
  }
};
