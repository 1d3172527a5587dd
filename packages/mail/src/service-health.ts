import type { Logger } from '@backend-jobs/runtime';
import { registrableDomainOf } from './domain-of.ts';
import type { MailOutcome, Refusals } from './mail-outcome.ts';
import type { MailPulse } from './mail-pulse.ts';

/** The same fault of messages to this many domains, while none passes, is taken for the service's. */
const domainsOfAnIllness = 4;

/**
 * So often a message is refused, with others passing in between, until it counts as at fault. Of two relays behind one name
 * one may refuse everybody: then half of all messages are refused twice, and hardly any this often.
 */
const refusalsOfAFault = 4;

/** How long the emails wait then, in all workers, before others are tried. */
const pauseMs = 2_000;

/** A message that was tried, and its claim: times are in ms since 1970, by the clock of Redis. */
interface Tried {
  recipient: string;
  claimedMs: number;
  refusals: Refusals | undefined;
}

/** Tells a mail server that refuses everybody from one that refuses somebody. */
export interface ServiceHealth {
  /**
   * Records what became of a message, and returns what that means.
   *
   * A `suspect` refusal counts when another message was begun after the one before it, and has passed: then the service
   * is well. The fourth makes it `refused`. Until then the message is kept and tried again, since a relay that has
   * forgotten its clients refuses each message as if its recipient were at fault.
   */
  judge(outcome: MailOutcome, tried: Tried): Promise<MailOutcome>;
  /** Records that no connection could be had, and pauses all emails. */
  unavailable(reason: string): Promise<void>;
  /** Whether this worker last saw that no mail can be sent. */
  isOut(): boolean;
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
    judge: async (outcome, { recipient, claimedMs, refusals }) => {
      if (outcome.kind === 'sent') pass(claimedMs);
      if (outcome.kind === 'unavailable') await pause(outcome.reason);
      if ('evidence' in outcome) await note(outcome, recipient);
      if (outcome.kind !== 'suspect') return outcome;
      if (refusals && (await pulse.lastPassedMs()) <= refusals.sinceMs) return { ...outcome, refusals };
      const count = (refusals?.count ?? 0) + 1;
      if (count >= refusalsOfAFault) return { kind: 'refused', reason: outcome.reason };
      return { ...outcome, refusals: { count, sinceMs: await pulse.nowMs() } };
    },
    unavailable: pause,
    isOut: () => isOut,
  };
};
