import { randomUUID } from 'node:crypto';
import { type SendWelcomeEmailPayload, sendWelcomeEmailJob } from '@backend-jobs/jobs';
import type { User, WelcomeEmailLedger } from '@backend-jobs/sign-ups';
import type { Mailer, Message } from '../mail/mailer.ts';
import type { OutageLog } from '../mail/outage-log.ts';
import type { JobResult, Processor } from './processor.ts';
import { type Claimed, type SendingEnd, settlementOf } from './welcome-email-settlements.ts';

/** While the mail server is down all emails wait this long, in all workers, before some are tried again. */
const mailProbeIntervalMs = 2_000;

interface Deps {
  welcomeEmails: WelcomeEmailLedger;
  mailer: Mailer;
  composeWelcomeEmail: (user: User) => Message;
  outageLog: OutageLog;
  /** Stops the queue of emails for a time, in all workers. */
  pauseEmails: (durationMs: number) => Promise<void>;
  /** How many copies may be out before only an operator may send another. */
  maxCopies: number;
  /** How old a welcome email may get before it is no longer sent. An operator's retry makes it new. */
  deadlineMs: number;
}

/**
 * Sends the welcome email of a user who exists. Delivery is at least once, up to `maxCopies`: a message that the server
 * took just before the connection or the worker broke is sent again, under the same Message-ID, since one email too many
 * is better than none.
 */
export const sendWelcomeEmailProcessor = (deps: Deps): Processor<typeof SendWelcomeEmailPayload> => {
  const { welcomeEmails, mailer, composeWelcomeEmail, outageLog, pauseEmails, maxCopies, deadlineMs } = deps;

  const send = async (message: Message, { sinceMs }: Claimed): Promise<SendingEnd> => {
    if (Date.now() > sinceMs + deadlineMs) return { kind: 'expired', reason: 'expired' };
    const outcome = await mailer.send(message);
    if (outcome.kind !== 'crowded') outageLog.record(outcome);
    return outcome;
  };

  const toResult = async (
    end: SendingEnd,
    next: ReturnType<typeof settlementOf>['next'],
  ): Promise<JobResult> => {
    const reason = 'reason' in end ? end.reason : end.kind;
    switch (next) {
      case 'complete':
        return { next: 'completed', report: { outcome: end.kind } };
      case 'fail':
        return { next: 'failed', reason };
      case 'retry':
        throw new Error(reason);
      case 'put-back':
        return { next: 'later', delayMs: 'retryAfterMs' in end ? end.retryAfterMs : 0 };
      case 'pause-emails':
        await pauseEmails(mailProbeIntervalMs);
        return { next: 'later', delayMs: mailProbeIntervalMs };
    }
  };

  return {
    job: sendWelcomeEmailJob,

    process: async ({ payload: { userId }, job }) => {
      const token = randomUUID();
      const run = { maxCopies, job: job.timestamp, start: job.attemptsStarted, lost: job.stalledCounter };
      const claim = await welcomeEmails.claim(userId, token, run);
      if (claim.kind === 'nothing-to-send')
        return { next: 'completed', report: { outcome: 'nothing-to-send' } };
      if (claim.kind === 'blocked')
        return { next: 'failed', reason: 'The email is over, or a worker that was lost may have sent it' };

      const message = composeWelcomeEmail(claim.user);
      const end = await send(message, claim);
      const { next, ...settlement } = settlementOf(end, claim);
      const isRecorded = await welcomeEmails.settle(userId, token, {
        ...settlement,
        ...('reason' in end && { error: end.reason }),
        ...(end.kind === 'sent' && { messageId: message.messageId, sentAt: new Date().toISOString() }),
      });
      // Otherwise another run has the email by now, or the person was deleted.
      if (end.kind === 'sent' && !isRecorded) return { next: 'completed', report: { outcome: 'superseded' } };
      return toResult(end, next);
    },

    giveUp: (job, error) => welcomeEmails.giveUp(job.data.userId, error.message),
  };
};
