import { setTimeout as sleep } from 'node:timers/promises';
import { type Static, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';

/** The part of a response to `GET /users/:id` that the verdict needs. */
const Outcome = Type.Object({
  id: Type.String(),
  status: Type.String(),
  email: Type.Optional(Type.String()),
  welcomeEmail: Type.Optional(
    Type.Object({
      status: Type.String(),
      uncertainAttempts: Type.Optional(Type.Integer()),
      sentAt: Type.Optional(Type.String()),
    }),
  ),
});
export type Outcome = Static<typeof Outcome>;

/** How often a welcome is sent at most while nobody knows whether it has arrived. */
export const maxCopies = 3;

export const isSettled = ({ status, welcomeEmail }: Outcome): boolean => {
  if (status !== 'created') return ['rejected', 'failed'].includes(status);
  if (welcomeEmail?.status === 'unknown') return (welcomeEmail.uncertainAttempts ?? 0) >= maxCopies;
  return ['sent', 'failed'].includes(welcomeEmail?.status ?? '');
};

export interface OutcomeSearch {
  apiUrls: string[];
  apiKey: string;
  withinMs: number;
  signal: AbortSignal;
  report: (line: string) => void;
}

/**
 * Asks the APIs for the outcome of each sign-up, until all have settled or the time is over. The result does
 * not contain the sign-ups that no API knows.
 */
export const awaitOutcomes = async (
  ids: Iterable<string>,
  { apiUrls, apiKey, withinMs, signal, report }: OutcomeSearch,
): Promise<Map<string, Outcome>> => {
  const outcomes = new Map<string, Outcome>();
  const deadlineMs = Date.now() + withinMs;
  let reportedAtMs = 0;
  for (let unsettled = [...ids]; unsettled.length > 0; ) {
    for (const outcome of await findAll(unsettled, apiUrls, apiKey)) outcomes.set(outcome.id, outcome);
    unsettled = unsettled.filter((id) => {
      const outcome = outcomes.get(id);
      return !outcome || !isSettled(outcome);
    });
    if (Date.now() > deadlineMs) break;
    if (unsettled.length > 0 && Date.now() - reportedAtMs > 10_000) {
      report(`${unsettled.length} sign-ups have not settled yet.`);
      reportedAtMs = Date.now();
    }
    if (unsettled.length > 0) await sleep(500, undefined, { signal });
  }
  return outcomes;
};

const atOnce = 50;

const findAll = async (ids: string[], apiUrls: string[], apiKey: string): Promise<Outcome[]> => {
  const found: Outcome[] = [];
  for (let start = 0; start < ids.length; start += atOnce) {
    const batch = ids.slice(start, start + atOnce);
    const searches = batch.map((id, index) => find(`${apiUrls[index % apiUrls.length]}/users/${id}`, apiKey));
    for (const outcome of await Promise.all(searches)) if (outcome) found.push(outcome);
  }
  return found;
};

/** Returns `undefined` when the API does not know the sign-up or does not respond. The caller asks again. */
const find = async (url: string, apiKey: string): Promise<Outcome | undefined> => {
  const response = await fetch(url, {
    headers: { authorization: `Bearer ${apiKey}` },
    signal: AbortSignal.timeout(5_000),
  }).catch(() => undefined);
  const body: unknown = await response?.json().catch(() => undefined);
  return response?.ok && Value.Check(Outcome, body) ? body : undefined;
};
