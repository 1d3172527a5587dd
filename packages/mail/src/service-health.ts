import type { Logger } from '@backend-jobs/runtime';
import { registrableDomainOf } from './domain-of.ts';
import type { MailOutcome } from './mail-outcome.ts';
import type { MailPulse } from './mail-pulse.ts';

/** The same fault of messages to this many domains, while none passes, is taken for the service's. */
const domainsOfAnIllness = 4;

/** How long the emails wait then, in all workers, before others are tried. */
const pauseMs = 2_000;

/** A message that was tried, and its claim: times are in ms since 1970, by the clock of Redis. */
interface Tried {
  recipient: string;
  claimedMs: number;
  refusedSinceMs: number | undefined;
}

/** Tells a mail server that refuses everybody from one that refuses somebody. */
export interface ServiceHealth {
  /**
   * Records what became of a message, and returns what that means.
   *
   * A `suspect` refusal becomes `refused` when another message was begun after this one was refused first, and has
   * passed: then the service is well, and this message is at fault. Until then it is kept and tried again, since a relay
   * that has forgotten its clients refuses each message as if its recipient were at fault.
   */
  judge(outcome: MailOutcome, tried: Tried): Promise<MailOutcome>;
  /** Records that no connection could be had, and pauses all emails. */
  unavailable(reason: string): Promise<void>;
}

export const createServiceHealth = ({
  pulse,
  pauseEmails,
  logger,
}: {
  pulse: MailPulse;
  /** Stops the queue of emails for a time, in all workers. */
  pauseEmails: (durationMs: number) => Promise<void>;
  logger: Logger;
}): ServiceHealth => {
  /** The domains that got each fault since the last message that passed. */
  const domainsOf = new Map<string, Set<string>>();
  let isOut = false;

  const pass = (claimedMs: number): void => {
    domainsOf.clear();
    pulse.passed(claimedMs);
    if (isOut) logger.info('mail can be sent again');
    isOut = false;
  };

  /** Returns false while mail of another worker passes: then the server only refuses some messages, or connections. */
  const reportOutage = async (reason: string): Promise<boolean> => {
    if (await pulse.isBeating(pauseMs)) return false;
    if (!isOut) logger.error({ reason }, 'no mail can be sent: the emails wait');
    isOut = true;
    return true;
  };

  const pause = async (reason: string): Promise<void> => {
    if (await reportOutage(reason)) await pauseEmails(pauseMs);
  };

  const note = async (
    fault: Extract<MailOutcome, { evidence: string }>,
    recipient: string,
  ): Promise<void> => {
    const domains = domainsOf.get(fault.evidence) ?? new Set();
    domainsOf.set(fault.evidence, domains.add(registrableDomainOf(recipient)));
    if (domains.size < domainsOfAnIllness) return;
    domainsOf.clear(); // the messages after a pause decide anew
    // Each message that is deferred waits by itself: under greylisting a pause would only hold up the others.
    const hasToPause = fault.kind === 'suspect' || fault.about === 'service';
    await (hasToPause ? pause(fault.reason) : reportOutage(fault.reason));
  };

  return {
    judge: async (outcome, { recipient, claimedMs, refusedSinceMs }) => {
      if (outcome.kind === 'sent') pass(claimedMs);
      if (outcome.kind === 'unavailable') await pause(outcome.reason);
      if ('evidence' in outcome) await note(outcome, recipient);
      if (outcome.kind !== 'suspect') return outcome;
      if (refusedSinceMs !== undefined && (await pulse.lastPassedMs()) > refusedSinceMs)
        return { kind: 'refused', reason: outcome.reason };
      return { ...outcome, refusedSinceMs: refusedSinceMs ?? (await pulse.nowMs()) };
    },
    unavailable: pause,
  };
};
