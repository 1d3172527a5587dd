import type { AuditRun, ReceivedMessage } from '@backend-jobs/local-services';
import type { Ask } from './load.ts';
import { isSettled, type Outcome } from './outcomes.ts';

/** What there is to judge by, all of it seen from the outside. */
export interface Evidence {
  asks: Ask[];
  /** Of those that clients saw a 202 of, and of those that only a message tells of. */
  outcomes: Map<string, Outcome>;
  messages: Map<string, ReceivedMessage[]>;
  /** The addresses that the mail server has said 550 to. */
  refused: Set<string>;
  audit: AuditRun;
  /** Apps that ended by themselves, or did not when they should. */
  complaints: string[];
  /** How many a Redis that syncs every second may have lost. */
  mayBeLost: number;
}

export interface Verdict {
  accepted: number;
  /** How often each other status came. */
  refused: Record<string, number>;
  noAnswer: number;
  /** What became of those that were accepted. */
  outcomes: Record<string, number>;
  /** All that the service has. */
  users: number;
  messages: number;
  /** Accepted, and nobody knows of them. */
  lost: string[];
  mayBeLost: number;
  /** In the service, though no client saw a 202: the answer was lost on the way. */
  unseen: number;
  /** The ids of those, as far as a message tells. */
  unseenIds: string[];
  /** What must not be: a sentence each. */
  broken: string[];
}

export const judge = (evidence: Evidence): Verdict => {
  const { asks, outcomes, messages, audit, mayBeLost } = evidence;
  const ids = asks.flatMap(({ id }) => id ?? []);
  const known = new Set(ids);
  const lost = ids.filter((id) => !outcomes.has(id));
  const inService = sum(Object.values(audit.counts));
  const unseen = inService - (known.size - lost.length);
  const others = asks.filter(({ id }) => id === undefined);
  const verdict: Verdict = {
    accepted: ids.length,
    refused: countBy(others.flatMap(({ status }) => (status === 0 ? [] : String(status)))),
    noAnswer: others.filter(({ status }) => status === 0).length,
    outcomes: countBy(ids.flatMap((id) => kindOf(outcomes.get(id)))),
    users: sum(Object.entries(audit.counts).map(([kind, count]) => (kind.startsWith('created') ? count : 0))),
    messages: sum([...messages.values()].map((copies) => copies.length)),
    lost,
    mayBeLost,
    unseen,
    unseenIds: [...messages.keys()].filter((id) => !known.has(id)),
    broken: [],
  };
  return { ...verdict, broken: [...brokenAsAWhole(verdict, evidence), ...brokenById(evidence)] };
};

function* brokenAsAWhole(verdict: Verdict, { asks, audit, complaints }: Evidence): Generator<string> {
  const { accepted, refused, noAnswer, unseen, lost, mayBeLost } = verdict;
  if (new Set(asks.flatMap(({ id }) => id ?? [])).size !== accepted) yield 'two sign-ups got the same id';
  if (lost.length > mayBeLost) yield `${lost.length} accepted sign-ups are lost: ${lost.join(' ')}`;
  const withoutId = noAnswer + (refused['503'] ?? 0);
  if (unseen < 0 || unseen > withoutId) {
    yield `the service has ${unseen} sign-ups that no client saw accepted, of ${withoutId} whose answer may be lost`;
  }
  for (const status of Object.keys(refused)) if (status !== '503') yield `an answer was ${status}`;
  if (audit.code !== 0) yield `the audit found faults: ${audit.output}`;
  yield* complaints;
}

function* brokenById({ asks, outcomes, messages, refused, mayBeLost }: Evidence): Generator<string> {
  const emails = new Map(asks.map(({ id, email }) => [id, email]));
  const uncounted: string[] = [];
  for (const outcome of outcomes.values()) {
    const copies = messages.get(outcome.id) ?? [];
    const uncertain = outcome.welcomeEmail?.uncertainAttempts ?? 0;
    yield* brokenOf(outcome, { copies, refused, email: emails.get(outcome.id) });
    if (copies.length > 1 + uncertain) {
      uncounted.push(
        `${outcome.id}: ${copies.length} copies came, and ${uncertain} may have been second ones`,
      );
    }
  }
  // A Redis that lost what it was told may have lost that a message was sent.
  if (uncounted.length > mayBeLost) yield* uncounted;
}

function* brokenOf(
  outcome: Outcome,
  seen: { copies: ReceivedMessage[]; refused: Set<string>; email: string | undefined },
): Generator<string> {
  const { id, status, welcomeEmail, email = '' } = outcome;
  const mail = welcomeEmail?.status;
  if (!isSettled(outcome)) yield `${id}: it hangs: ${kindOf(outcome)}`;
  else if (status !== 'created') yield `${id}: ${status}, and its address was signed up but once`;
  if (seen.email !== undefined && email !== '' && email !== seen.email) yield `${id}: another's address`;
  if (mail === 'sent' && seen.copies.length === 0) yield `${id}: sent, and never received`;
  if (mail === 'failed' && !seen.refused.has(email)) yield `${id}: failed, and its address was not refused`;
  if (seen.copies.some(({ to }) => to.join() !== email)) yield `${id}: a message went to another`;
}

const kindOf = (outcome: Outcome | undefined): string => {
  if (!outcome) return 'unknown to the service';
  return outcome.welcomeEmail ? `${outcome.status}, email ${outcome.welcomeEmail.status}` : outcome.status;
};

const countBy = (names: string[]): Record<string, number> =>
  Object.fromEntries([...Map.groupBy(names, (name) => name)].map(([name, all]) => [name, all.length]));

const sum = (numbers: number[]): number => numbers.reduce((total, number) => total + number, 0);
