import { randomUUID } from 'node:crypto';
import { type SendWelcomeEmailPayload, sendWelcomeEmailJob } from '@backend-jobs/jobs';
import type { Courier, Mailer, Message, ServiceHealth } from '@backend-jobs/mail';
import { messageOf } from '@backend-jobs/runtime';
import type { User, WelcomeEmailLedger } from '@backend-jobs/sign-ups';
import type { JobReport, JobResult, JobRun, Processor } from './processor.ts';
import { type Claimed, type SendingEnd, settlementOf } from './welcome-email-settlements.ts';

interface Deps {
  welcomeEmails: WelcomeEmailLedger;
  mailer: Mailer;
  serviceHealth: ServiceHealth;
  composeWelcomeEmail: (user: User) => Message;
  /** How many copies may be out before only an operator may send another. */
  maxCopies: number;
  /** How old a welcome email may get before it is no longer sent. An operator's retry makes it new. */
  deadlineMs: number;
}

/**
 * Sends the welcome email of a user who exists. Delivery is at least once, up to `maxCopies`: a message that the server
 * took just before the connection or the worker broke is sent again, under the same Message-ID, since one email too many
 * is better than none.
 *
 * The connection comes first, and the claim second, so that a mail server which is down leaves no trace in the record.
 */
export const sendWelcomeEmailProcessor = (deps: Deps): Processor<typeof SendWelcomeEmailPayload> => {
  const { welcomeEmails, mailer, serviceHealth, composeWelcomeEmail, maxCopies, deadlineMs } = deps;

  const send = async (message: Message, claim: Claimed, courier: Courier): Promise<SendingEnd> => {
    if (claim.claimedMs > claim.sinceMs + deadlineMs) return { kind: 'expired', reason: 'expired' };
    const outcome = await courier.send(message);
    if (outcome.kind === 'crowded' || outcome.kind === 'interrupted') return outcome;
    return serviceHealth.judge(outcome, { ...claim, recipient: message.to });
  };

  const claimAndSend = async (
    { payload: { userId }, job }: JobRun<SendWelcomeEmailPayload>,
    courier: Courier,
  ): Promise<JobResult> => {
    const token = randomUUID();
    const run = { maxCopies, job: job.timestamp, start: job.attemptsStarted, lost: job.stalledCounter };
    const claim = await welcomeEmails.claim(userId, token, run);
    if (claim.kind === 'nothing-to-send')
      return { next: 'completed', report: { outcome: 'nothing-to-send' } };
    if (claim.kind === 'blocked')
      return { next: 'failed', reason: 'The email is over, or a worker that was lost may have sent it' };

    const message = composeWelcomeEmail(claim.user);
    const claimedAtMs = performance.now();
    const end = await send(message, claim, courier);
    // By the clock of Redis, which all workers share.
    const endedMs = claim.claimedMs + Math.round(performance.now() - claimedAtMs);
    const { next, ...settlement } = settlementOf(end, claim);
    const isRecorded = await welcomeEmails.settle(userId, token, {
      ...settlement,
      ...(end.kind === 'sent' && { messageId: message.messageId, sentAt: new Date(endedMs).toISOString() }),
      ...('reason' in end && { error: end.reason }),
      ...(end.kind === 'suspect' && { refusals: end.refusals }),
    });
    // Otherwise another run has the email by now, or the person was deleted.
    if (end.kind === 'sent' && !isRecorded) return { next: 'completed', report: { outcome: 'superseded' } };
    return toResult(end, next);
  };

  return {
    job: sendWelcomeEmailJob,

    process: async (run) => {
      const connected = await mailer.connect();
      if (connected.kind === 'interrupted') return { next: 'later', delayMs: 0 };
      if (connected.kind === 'unavailable') {
        await serviceHealth.unavailable(connected.reason);
        return { next: 'later', delayMs: connected.retryAfterMs };
      }
      using courier = connected.courier;
      return await claimAndSend(run, courier);
    },

    giveUp: (userId, error, lost) => welcomeEmails.giveUp(userId, messageOf(error), lost),
  };
};

export const sentReport: JobReport = { outcome: 'sent' };

const toResult = (end: SendingEnd, next: ReturnType<typeof settlementOf>['next']): JobResult => {
  const reason = 'reason' in end ? end.reason : end.kind;
  switch (next) {
    case 'complete':
      return { next: 'completed', report: sentReport };
    case 'fail':
      return { next: 'failed', reason };
    case 'retry':
      throw new Error(reason);
    case 'put-back':
      return { next: 'later', delayMs: 'retryAfterMs' in end ? end.retryAfterMs : 0 };
  }
};
