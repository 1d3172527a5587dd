import type { AuditRun, ReceivedMessage } from '@backend-jobs/local-services';
import type { SignUpAttempt } from './load.ts';
import { isSettled, maxCopies, type Outcome } from './outcomes.ts';

/** What a run has shown to an observer outside of the service. */
export interface Evidence {
  attempts: SignUpAttempt[];
  /** By id: the sign-ups that a client saw accepted, and those that only a message shows. */
  outcomes: Map<string, Outcome>;
  messages: Map<string, ReceivedMessage[]>;
  /** The addresses that the mail server has refused with 550. */
  refused: Set<string>;
  audit: AuditRun;
  /** One sentence for each app that ended by itself, or did not end when it should. */
  unexpectedEnds: string[];
  /** How many sign-ups a Redis that syncs every second may have lost. */
  mayBeLost: number;
}

export interface Verdict {
  accepted: number;
  /** The number of responses with each other status. */
  refused: Record<string, number>;
  noResponse: number;
  /** The number of accepted sign-ups with each outcome. */
  outcomes: Record<string, number>;
  /** The number of users in the service. */
  users: number;
  messages: number;
  /** The ids of sign-ups that were accepted and that the service does not know. */
  lost: string[];
  mayBeLost: number;
  /** The number of sign-ups in the service whose 202 no client saw, because the response was lost. */
  unseen: number;
  /** The ids of those, as far as a message shows them. */
  unseenIds: string[];
  /** One sentence for each promise that was broken. */
  broken: string[];
}

export const judge = (evidence: Evidence): Verdict => {
  const { attempts, outcomes, messages, audit, mayBeLost } = evidence;
  const ids = attempts.flatMap(({ id }) => id ?? []);
  const known = new Set(ids);
  const lost = ids.filter((id) => !outcomes.has(id));
  const inService = sum(Object.values(audit.counts));
  const unseen = inService - (known.size - lost.length);
  const others = attempts.filter(({ id }) => id === undefined);
  const verdict: Verdict = {
    accepted: ids.length,
    refused: countBy(others.flatMap(({ status }) => (status === 0 ? [] : String(status)))),
    noResponse: others.filter(({ status }) => status === 0).length,
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

function* brokenAsAWhole(verdict: Verdict, { attempts, audit, unexpectedEnds }: Evidence): Generator<string> {
  const { accepted, refused, noResponse, unseen, lost, mayBeLost } = verdict;
  if (new Set(attempts.flatMap(({ id }) => id ?? [])).size !== accepted) yield 'two sign-ups got the same id';
  if (lost.length > mayBeLost) yield `${lost.length} accepted sign-ups are lost: ${lost.join(' ')}`;
  const withoutId = noResponse + (refused['503'] ?? 0);
  if (unseen < 0 || unseen > withoutId) {
    yield `the service has ${unseen} sign-ups that no client saw accepted, but only ${withoutId} responses may be lost`;
  }
  for (const status of Object.keys(refused))
    if (status !== '503') yield `a response had the status ${status}`;
  if (audit.code !== 0) yield `the audit found faults: ${audit.output}`;
  yield* unexpectedEnds;
}

function* brokenById({ attempts, outcomes, messages, refused, mayBeLost }: Evidence): Generator<string> {
  const emails = new Map(attempts.map(({ id, email }) => [id, email]));
  const uncounted: string[] = [];
  for (const outcome of outcomes.values()) {
    const copies = messages.get(outcome.id) ?? [];
    const uncertain = outcome.welcomeEmail?.uncertainAttempts ?? 0;
    yield* brokenOf(outcome, { copies, refused, email: emails.get(outcome.id) });
    if (copies.length > 1 + uncertain) {
      uncounted.push(
        `${outcome.id}: ${copies.length} copies arrived, but the service counted ${uncertain} possible second copies`,
      );
    }
  }
  // A Redis that lost writes may have lost the record that a message was sent.
  if (uncounted.length > mayBeLost) yield* uncounted;
}

function* brokenOf(
  outcome: Outcome,
  seen: { copies: ReceivedMessage[]; refused: Set<string>; email: string | undefined },
): Generator<string> {
  const { id, status, welcomeEmail, email = '' } = outcome;
  const mail = welcomeEmail?.status;
  if (!isSettled(outcome)) yield `${id}: it has not settled: ${kindOf(outcome)}`;
  else if (status !== 'created') yield `${id}: ${status}, although its address was signed up only once`;
  if (seen.email !== undefined && email !== '' && email !== seen.email)
    yield `${id}: it has the address of another sign-up`;
  if (mail === 'sent' && seen.copies.length === 0) yield `${id}: sent, but not received`;
  if (mail === 'failed' && !seen.refused.has(email))
    yield `${id}: failed, although its address was not refused`;
  if (seen.copies.length > maxCopies) yield `${id}: ${seen.copies.length} copies arrived`;
  if (seen.copies.some(({ to }) => to.join() !== email)) yield `${id}: a message went to another address`;
}

const kindOf = (outcome: Outcome | undefined): string => {
  if (!outcome) return 'unknown to the service';
  return outcome.welcomeEmail ? `${outcome.status}, email ${outcome.welcomeEmail.status}` : outcome.status;
};

const countBy = (names: string[]): Record<string, number> =>
  Object.fromEntries([...Map.groupBy(names, (name) => name)].map(([name, all]) => [name, all.length]));

const sum = (numbers: number[]): number => numbers.reduce((total, number) => total + number, 0);
