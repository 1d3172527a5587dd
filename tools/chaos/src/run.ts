import { setTimeout as sleep } from 'node:timers/promises';
import { runAudit } from '@backend-jobs/local-services';
import { Progress } from '@backend-jobs/runtime';
import { findSecondCopies, messagesById, nameOf, type SecondCopy } from './copies.ts';
import { type InjectedFault, injectFaults } from './inject.ts';
import { type SignUpAttempt, startLoad } from './load.ts';
import type { Options } from './options.ts';
import { awaitOutcomes, type OutcomeSearch } from './outcomes.ts';
import { planFaults } from './plan.ts';
import { type Welcomed, welcomedOf } from './recovery.ts';
import { openService, redisUrlOf, type Service } from './service.ts';
import { type Evidence, judge, type Verdict } from './verdict.ts';

/** Everything that a report contains. */
export interface Findings {
  options: Options;
  startedAtMs: number;
  /** From then on every part worked, and there were no more sign-ups. */
  faultsEndedAtMs: number;
  /** When all sign-ups had settled, or the time was over. */
  endedAtMs: number;
  faults: InjectedFault[];
  attempts: SignUpAttempt[];
  /** When each message arrived, including the copies. */
  messagesAtMs: number[];
  copies: SecondCopy[];
  welcomed: Welcomed[];
  verdict: Verdict;
  audit: string;
}

/**
 * Starts a service, puts it under load, injects the faults that the seed determines, repairs everything, and
 * collects the outcomes of the sign-ups. It passes each step to `report`, as one line.
 *
 * @throws when a fault throws, or an app does not start. Everything that was started is stopped then
 */
export const runChaos = async (
  options: Options,
  stopping: AbortController,
  report: (line: string) => void,
): Promise<Findings> => {
  await using opened = new AsyncDisposableStack();
  const service = await openService(opened, { ...options, apis: 2, workers: 3 });
  const durationMs = options.minutes * 60_000;

  const startedAtMs = Date.now();
  const load = startLoad(
    service.apis.map(({ url }) => url),
    service.apiKey,
    options.perSecond,
  );
  opened.defer(() => load.stop());
  const loaded = sleep(durationMs, undefined, { signal: stopping.signal }).then(load.stop, load.stop);
  const plan = planFaults(options.seed, durationMs, options.store);
  report(`The service is running. It gets sign-ups for ${options.minutes} min, and ${plan.length} faults.`);
  const isOver = showTime(durationMs);
  const faults = await injectFaults(plan, service, stopping).finally(isOver);
  await loaded;
  const faultsEndedAtMs = Date.now();

  report('Everything is repaired. Waiting for the sign-ups to settle.');
  // An email that has been retried waits up to about as long again as it has waited so far.
  const withinMs = 90_000 + 2 * durationMs;
  const evidence: Evidence = {
    ...(await gather(service, load.attempts, { withinMs, signal: stopping.signal, report })),
    mayBeLost: mostLost(options, faults),
  };
  const endedAtMs = Date.now();
  const { attempts, outcomes, messages, audit } = evidence;
  return {
    options,
    startedAtMs,
    faultsEndedAtMs,
    endedAtMs,
    faults,
    attempts,
    messagesAtMs: [...messages.values()].flat().map(({ receivedAtMs }) => receivedAtMs),
    copies: findSecondCopies(messages, faults),
    welcomed: welcomedOf(attempts, outcomes),
    verdict: judge(evidence),
    audit: audit.output,
  };
};

/** Tells how much of the time is over, until the function that it returns is called. */
const showTime = (durationMs: number): (() => void) => {
  const progress = new Progress({ name: 'chaos', things: 's', total: durationMs / 1_000 });
  const startedAtMs = performance.now();
  const timer = setInterval(
    () => progress.show(Math.round((performance.now() - startedAtMs) / 1_000)),
    1_000,
  );
  return () => {
    clearInterval(timer);
    progress.end();
  };
};

/** Waits until the sign-ups have settled, and collects the evidence. */
const gather = async (
  service: Service,
  attempts: SignUpAttempt[],
  patience: Omit<OutcomeSearch, 'apiUrls' | 'apiKey'>,
): Promise<Omit<Evidence, 'mayBeLost'>> => {
  const { apis, apiKey, postgres, shardsEnv, mail, unexpectedEnds } = service;
  const search = { apiUrls: apis.map(({ url }) => url), apiKey, ...patience };
  const outcomes = await awaitOutcomes(
    attempts.flatMap(({ id }) => id ?? []),
    search,
  );
  // Sign-ups whose responses were lost have settled too by now. Only their messages show their ids.
  const others = [...messagesById(mail.server.messages).keys()].filter((id) => !outcomes.has(id));
  const unseen = await awaitOutcomes(others, { ...search, withinMs: 30_000 });
  const audit = await runAudit({
    ...shardsEnv,
    REDIS_URL: redisUrlOf(service),
    ...(postgres && { DATABASE_URL: postgres.url }),
  });
  return {
    outcomes: new Map([...outcomes, ...unseen]),
    messages: messagesById(mail.server.messages),
    attempts,
    audit,
    unexpectedEnds,
    refused: mail.refused,
  };
};

/**
 * With 'everysec', Redis acknowledges writes that it may lose for up to 2 s. With 'always' it loses none, and PostgreSQL
 * never does.
 */
const mostLost = ({ store, appendfsync, perSecond }: Options, faults: InjectedFault[]): number => {
  if (store === 'postgres') return 0;
  const kills = faults.filter((one) => nameOf(one) === 'Redis killed');
  return appendfsync === 'everysec' ? 2 * perSecond * kills.length : 0;
};
