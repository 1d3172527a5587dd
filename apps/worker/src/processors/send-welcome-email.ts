import { randomUUID } from 'node:crypto';
import { type SendWelcomeEmailPayload, type SignUpFlow, sendWelcomeEmail } from '@backend-jobs/jobs';
import type { UserStore, WelcomeEmailSettlement } from '@backend-jobs/users';
import { type Job, UnrecoverableError } from 'bullmq';
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
}

/**
 * Sends the welcome email of a user who exists. Delivery is at least once: a message that the server took just before
 * the line or the worker broke is sent again, under the same Message-ID. To mail twice beats not to mail.
 */
export const sendWelcomeEmailTask = ({
  users,
  signUps,
  mailer,
  from,
}: Deps): Task<typeof SendWelcomeEmailPayload> => ({
  definition: sendWelcomeEmail,

  process: async ({ payload: { userId }, job }) => {
    const token = randomUUID();
    const claim = await users.claimWelcomeEmail(userId, token);
    if (!claim) return { outcome: 'nothing-to-send' };
    const { user, attempts } = claim;
    try {
      const message = welcomeEmail(user, from);
      await mailer.send(message);
      const sentAt = new Date().toISOString();
      await users.settleWelcomeEmail(userId, token, {
        status: 'sent',
        attempts,
        messageId: message.messageId,
        sentAt,
      });
      return { outcome: 'sent', messageId: message.messageId, attempts };
    } catch (error) {
      const fault = error instanceof MailError ? error : new MailError('deferred', String(error));
      await users.settleWelcomeEmail(userId, token, settlementOf(fault, attempts, isLastAttempt(job)));
      if (fault.kind === 'unavailable') return signUps.holdEmails(mailProbeIntervalMs);
      throw fault.kind === 'refused' ? new UnrecoverableError(fault.message) : fault;
    }
  },

  giveUp: (job, error) => users.giveUpWelcomeEmail(job.data.userId, error.message),
});

const isLastAttempt = (job: Job) => job.attemptsMade + 1 >= (job.opts.attempts ?? 1);

const settlementOf = (
  { kind, message: error }: MailError,
  attempts: number,
  isLast: boolean,
): WelcomeEmailSettlement => {
  switch (kind) {
    case 'refused':
      return { status: 'failed', attempts, error };
    case 'deferred':
      return { status: isLast ? 'failed' : 'pending', attempts, error };
    case 'uncertain':
      return { status: 'unknown', attempts, error };
    case 'unavailable':
      return { status: 'pending', attempts: attempts - 1, error };
  }
};
