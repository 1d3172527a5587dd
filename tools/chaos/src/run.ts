import { setTimeout as sleep } from 'node:timers/promises';
import { runAudit } from '@backend-jobs/local-services';
import { findSecondCopies, messagesById, type SecondCopy } from './copies.ts';
import { type InjectedFault, injectFaults } from './inject.ts';
import { type Ask, startLoad } from './load.ts';
import type { Options } from './options.ts';
import { type Asking, awaitOutcomes } from './outcomes.ts';
import { planFaults } from './plan.ts';
import { type Welcomed, welcomedOf } from './recovery.ts';
import { openService, type Service } from './service.ts';
import { type Evidence, judge, type Verdict } from './verdict.ts';

/** All that a report tells of. */
export interface Findings {
  options: Options;
  startedAtMs: number;
  /** From then on nothing was broken any more, and nobody signed up. */
  healedAtMs: number;
  /** All had settled, or the time was up. */
  endedAtMs: number;
  faults: InjectedFault[];
  asks: Ask[];
  /** When each message came, the copies too. */
  messagesAtMs: number[];
  copies: SecondCopy[];
  welcomed: Welcomed[];
  verdict: Verdict;
  audit: string;
}

/**
 * Puts a service under load, breaks it as the seed will have it, heals it, and finds out what became of the sign-ups.
 *
 * `report` is told how far it is, a line each.
 *
 * @throws when a fault does, or an app does not start; nothing that it has started is left then
 */
export const runChaos = async (
  options: Options,
  stopping: AbortController,
  report: (line: string) => void,
): Promise<Findings> => {
  await using opened = new AsyncDisposableStack();
  const service = await openService(opened, { apis: 2, workers: 3, appendfsync: options.appendfsync });
  const durationMs = options.minutes * 60_000;

  const startedAtMs = Date.now();
  const load = startLoad(
    service.apis.map(({ url }) => url),
    options.perSecond,
  );
  opened.defer(() => load.stop());
  const loaded = sleep(durationMs, undefined, { signal: stopping.signal }).then(load.stop, load.stop);
  const plan = planFaults(options.seed, durationMs);
  report(`The service is up. For ${options.minutes} min it takes sign-ups, and ${plan.length} faults.`);
  const faults = await injectFaults(plan, service, stopping);
  await loaded;
  const healedAtMs = Date.now();

  report('All is healed.');
  // What was deferred is tried again after up to about twice as long as it has waited by then.
  const withinMs = 90_000 + 2 * durationMs;
  const evidence: Evidence = {
    ...(await gather(service, load.asks, { withinMs, signal: stopping.signal, report })),
    mayBeLost: mostLost(options, faults),
  };
  const endedAtMs = Date.now();
  const { asks, outcomes, messages, audit } = evidence;
  return {
    options,
    startedAtMs,
    healedAtMs,
    endedAtMs,
    faults,
    asks,
    messagesAtMs: [...messages.values()].flat().map(({ receivedAtMs }) => receivedAtMs),
    copies: findSecondCopies(messages, faults),
    welcomed: welcomedOf(asks, outcomes),
    verdict: judge(evidence),
    audit: audit.output,
  };
};

/** Waits until what clients were promised has come true, as far as it will, and writes down what there is. */
const gather = async (
  { apis, redis, mail, complaints }: Service,
  asks: Ask[],
  patience: Omit<Asking, 'apiUrls'>,
): Promise<Omit<Evidence, 'mayBeLost'>> => {
  const asking = { apiUrls: apis.map(({ url }) => url), ...patience };
  const outcomes = await awaitOutcomes(
    asks.flatMap(({ id }) => id ?? []),
    asking,
  );
  // By now those whose answers were lost have settled, too; only their messages tell of them.
  const others = [...messagesById(mail.server.messages).keys()].filter((id) => !outcomes.has(id));
  const unseen = await awaitOutcomes(others, { ...asking, withinMs: 30_000 });
  const audit = await runAudit({ REDIS_URL: redis.server.url });
  return {
    outcomes: new Map([...outcomes, ...unseen]),
    messages: messagesById(mail.server.messages),
    asks,
    audit,
    complaints,
    refused: mail.refused,
  };
};

/** Redis acknowledges what it may hold in memory for up to 2 s, or holds nothing back. */
const mostLost = ({ appendfsync, perSecond }: Options, faults: InjectedFault[]): number => {
  const kills = faults.filter(({ part, fault }) => part === 'Redis' && fault === 'killed');
  return appendfsync === 'everysec' ? 2 * perSecond * kills.length : 0;
};
