import { setTimeout as sleep } from 'node:timers/promises';
import type { SmtpServer } from '@backend-jobs/local-services';

interface Outcome {
  id: string;
  status: string;
  welcomeEmail?: { status: string; uncertainAttempts?: number };
}

export interface Verdict {
  outcomes: Record<string, number>;
  /** Those that were accepted, and of which nobody knows any more. */
  lost: string[];
  /** Messages that went out twice, and are counted as such by the service. */
  countedCopies: number;
  /** What must not be: a sentence each. */
  faults: string[];
}

const settleWithinMs = 120_000;

/**
 * Asks, as a client would, what became of every sign-up that was accepted, until all are settled or the time is up; and
 * holds it against the messages that came.
 */
export const judge = async (apiUrl: string, ids: Set<string>, smtp: SmtpServer): Promise<Verdict> => {
  const settled = new Map<string, Outcome>();
  let unsettled = [...ids];
  for (const deadline = Date.now() + settleWithinMs; unsettled.length > 0; await sleep(500)) {
    const outcomes = await findAll(apiUrl, unsettled);
    for (const outcome of outcomes) if (isSettled(outcome)) settled.set(outcome.id, outcome);
    unsettled = unsettled.filter((id) => !settled.has(id));
    if (Date.now() > deadline) break;
  }
  const verdict: Verdict = { outcomes: {}, lost: unsettled, countedCopies: 0, faults: [] };
  const copies = countCopies(smtp);
  for (const outcome of settled.values()) judgeOne(outcome, copies.get(outcome.id) ?? 0, verdict);
  return verdict;
};

const judgeOne = ({ id, status, welcomeEmail }: Outcome, copies: number, verdict: Verdict): void => {
  const kind = welcomeEmail ? `${status}, email ${welcomeEmail.status}` : status;
  verdict.outcomes[kind] = (verdict.outcomes[kind] ?? 0) + 1;
  const uncertain = welcomeEmail?.uncertainAttempts ?? 0;
  if (welcomeEmail?.status === 'sent' && copies === 0) verdict.faults.push(`${id}: sent, and never received`);
  if (copies > 1 + uncertain) verdict.faults.push(`${id}: ${copies} copies, and ${uncertain} counted`);
  if (copies > 1) verdict.countedCopies += copies - 1;
};

const isSettled = ({ status, welcomeEmail }: Outcome): boolean =>
  status === 'created'
    ? ['sent', 'failed'].includes(welcomeEmail?.status ?? '')
    : ['rejected', 'failed'].includes(status);

const findAll = async (apiUrl: string, ids: string[]): Promise<Outcome[]> => {
  const found: Outcome[] = [];
  for (let start = 0; start < ids.length; start += 100) {
    const batch = ids.slice(start, start + 100).map(async (id) => {
      const response = await fetch(`${apiUrl}/users/${id}`).catch(() => undefined);
      if (response?.ok) found.push((await response.json()) as Outcome);
      else await response?.body?.cancel();
    });
    await Promise.all(batch);
  }
  return found;
};

/** By the user's id, which the Message-ID holds. */
const countCopies = ({ messages }: SmtpServer): Map<string, number> => {
  const copies = new Map<string, number>();
  for (const message of messages) {
    const id = /<welcome\.([^@]+)@/.exec(message.header('message-id') ?? '')?.[1] ?? '';
    copies.set(id, (copies.get(id) ?? 0) + 1);
  }
  return copies;
};
