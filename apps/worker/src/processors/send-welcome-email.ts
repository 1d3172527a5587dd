import { randomUUID } from 'node:crypto';
import { type SendWelcomeEmailPayload, type SignUpFlow, sendWelcomeEmail } from '@backend-jobs/jobs';
import type { OnUnknown, UserStore, WelcomeEmailSettlement } from '@backend-jobs/users';
import { UnrecoverableError } from 'bullmq';
import { MailError } from '../mail/mail-error.ts';
import type { Mailer } from '../mail/mailer.ts';
import { welcomeEmail } from '../mail/welcome-email.ts';
import type { Task } from './task.ts';

/** While the mail server is down it is tried this often, by the whole service together. */
const mailProbeIntervalMs = 2_000;

interface Deps {
  users: UserStore;
  signUps: SignUpFlow;
  mailer: Mailer;
  /** Who writes: an address, or a name and an address in angle brackets. */
  from: string;
  onUnknown: OnUnknown;
  /** How old a welcome may get before it is no longer welcome. An operator's retry makes it new. */
  deadlineMs: number;
}

/**
 * Sends the welcome email of a user who exists. Delivery is at least once, unless `onUnknown` is 'hold': a message that
 * the server took just before the line or the worker broke is sent again, under the same Message-ID. To mail twice
 * beats not to mail.
 */
export const sendWelcomeEmailTask = (deps: Deps): Task<typeof SendWelcomeEmailPayload> => ({
  definition: sendWelcomeEmail,

  process: async ({ payload: { userId } }) => {
    const { users, mailer, from, onUnknown, deadlineMs } = deps;
    const token = randomUUID();
    const claim = await users.claimWelcomeEmail(userId, token, onUnknown);
    if (!claim) return { outcome: 'nothing-to-send' };
    if (claim.isHeld) throw new UnrecoverableError('unknown: its worker was lost while sending');
    const { user, attempts } = claim;
    try {
      if (Date.now() > claim.sinceMs + deadlineMs) throw new MailError('expired', 'expired');
      const message = welcomeEmail(user, from);
      await mailer.send(message);
      const { messageId } = message;
      const sentAt = new Date().toISOString();
      await users.settleWelcomeEmail(userId, token, { status: 'sent', attempts, messageId, sentAt });
      return { outcome: 'sent', messageId, attempts };
    } catch (error) {
      const fault = error instanceof MailError ? error : new MailError('deferred', String(error));
      await users.settleWelcomeEmail(userId, token, settlementOf(fault, attempts));
      return goOnAfter(fault, deps);
    }
  },

  giveUp: (job, error) => deps.users.giveUpWelcomeEmail(job.data.userId, error.message),
});

const settlementOf = ({ kind, message: error }: MailError, attempts: number): WelcomeEmailSettlement => {
  switch (kind) {
    case 'refused':
      return { status: 'failed', attempts, error };
    case 'expired':
      return { status: 'failed', attempts: attempts - 1, error };
    case 'deferred':
      return { status: 'pending', attempts, error };
    case 'uncertain':
      return { status: 'unknown', attempts, error };
    case 'unavailable':
      return { status: 'pending', attempts: attempts - 1, error };
  }
};

/** Never returns: what it throws tells BullMQ whether there is another try. */
const goOnAfter = (fault: MailError, { signUps, onUnknown }: Deps): Promise<never> => {
  if (fault.kind === 'unavailable') return signUps.holdEmails(mailProbeIntervalMs);
  const isFinal =
    fault.kind === 'refused' ||
    fault.kind === 'expired' ||
    (fault.kind === 'uncertain' && onUnknown === 'hold');
  throw isFinal ? new UnrecoverableError(fault.message) : fault;
};
