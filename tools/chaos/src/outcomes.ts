import { setTimeout as sleep } from 'node:timers/promises';
import { type Static, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';

/** What the verdict needs of `GET /users/:id`. */
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

export const isSettled = ({ status, welcomeEmail }: Outcome): boolean =>
  status === 'created'
    ? ['sent', 'failed'].includes(welcomeEmail?.status ?? '')
    : ['rejected', 'failed'].includes(status);

export interface Asking {
  apiUrls: string[];
  withinMs: number;
  signal: AbortSignal;
  report: (line: string) => void;
}

/**
 * Asks, as a client would, what became of each sign-up, until all have settled or the time is up. Those that no API
 * knows are not in the answer.
 */
export const awaitOutcomes = async (
  ids: Iterable<string>,
  { apiUrls, withinMs, signal, report }: Asking,
): Promise<Map<string, Outcome>> => {
  const outcomes = new Map<string, Outcome>();
  const deadlineMs = Date.now() + withinMs;
  let toldAtMs = 0;
  for (let unsettled = [...ids]; unsettled.length > 0; ) {
    for (const outcome of await findAll(unsettled, apiUrls)) outcomes.set(outcome.id, outcome);
    unsettled = unsettled.filter((id) => {
      const outcome = outcomes.get(id);
      return !outcome || !isSettled(outcome);
    });
    if (Date.now() > deadlineMs) break;
    if (unsettled.length > 0 && Date.now() - toldAtMs > 10_000) {
      report(`${unsettled.length} sign-ups are under way still.`);
      toldAtMs = Date.now();
    }
    if (unsettled.length > 0) await sleep(500, undefined, { signal });
  }
  return outcomes;
};

const atOnce = 50;

const findAll = async (ids: string[], apiUrls: string[]): Promise<Outcome[]> => {
  const found: Outcome[] = [];
  for (let start = 0; start < ids.length; start += atOnce) {
    const batch = ids.slice(start, start + atOnce);
    const answers = batch.map((id, index) => find(`${apiUrls[index % apiUrls.length]}/users/${id}`));
    for (const outcome of await Promise.all(answers)) if (outcome) found.push(outcome);
  }
  return found;
};

/** Not known, or not answered: asked again, if there is time. */
const find = async (url: string): Promise<Outcome | undefined> => {
  const response = await fetch(url, { signal: AbortSignal.timeout(5_000) }).catch(() => undefined);
  const body: unknown = await response?.json().catch(() => undefined);
  return response?.ok && Value.Check(Outcome, body) ? body : undefined;
};
