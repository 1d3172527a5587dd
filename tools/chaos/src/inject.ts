import { setTimeout as sleep } from 'node:timers/promises';
import type { Appearance, Fault } from './faults/fault.ts';
import { faultsOf } from './faults/faults-of.ts';
import { type PartName, type PlannedFault, partNamesOf } from './plan.ts';
import type { Service } from './service.ts';

/** A fault that has happened. It lasted from its start until the part was repaired. */
export interface InjectedFault extends PlannedFault {
  startedAtMs: number;
  repairedAtMs: number;
  /** The time from which on the service could recover. */
  recoversFromMs: number;
  appearance: Appearance;
  mayCopy: boolean;
}

/** Breaks one part with the planned fault, and repairs it. */
type Breaker = (planned: PlannedFault, signal: AbortSignal) => Promise<InjectedFault>;

/**
 * Injects the planned faults, in all parts at the same time, and resolves when every part is repaired. An
 * error of a fault or `stopping` ends the run; then the parts stay as they are.
 *
 * @throws the error of the fault, or the reason of `stopping`
 */
export const injectFaults = async (
  plan: PlannedFault[],
  service: Service,
  stopping: AbortController,
): Promise<InjectedFault[]> => {
  const { signal } = stopping;
  const startMs = Date.now();
  const breakPart = async (part: PartName): Promise<InjectedFault[]> => {
    const injected: InjectedFault[] = [];
    for (const planned of plan.filter((fault) => fault.part === part)) {
      await sleep(Math.max(0, startMs + planned.atMs - Date.now()), undefined, { signal });
      injected.push(await breakers[part](planned, signal));
    }
    return injected;
  };
  const breakers = breakersOf(service);
  const lanes = partNamesOf(service.store).map((part) =>
    breakPart(part).catch((error) => stopping.abort(error)),
  );
  const injected = await Promise.all(lanes);
  signal.throwIfAborted();
  return injected.flatMap((faults) => faults ?? []).sort((one, other) => one.startedAtMs - other.startedAtMs);
};

const breakersOf = ({ store, apis, workers, redis, mail, postgres }: Service): Record<PartName, Breaker> => {
  const faults = faultsOf(store);
  return {
    'API 1': breaker(apis[0], faults.api),
    'API 2': breaker(apis[1], faults.api),
    'worker 1': breaker(workers[0], faults.worker),
    'worker 2': breaker(workers[1], faults.worker),
    'worker 3': breaker(workers[2], faults.worker),
    Redis: breaker(redis[0], faults.redis),
    mail: breaker(mail, faults.mail),
    PostgreSQL: breaker(postgres, faults.postgres),
    'Redis 1': breaker(redis[0], faults.redis),
    'Redis 2': breaker(redis[1], faults.redis),
    'Redis 3': breaker(redis[2], faults.redis),
  };
};

const breaker =
  <Part>(part: Part | undefined, faults: Record<string, Fault<Part>>): Breaker =>
  async (planned, signal) => {
    const fault = faults[planned.fault];
    if (!part || !fault)
      throw new Error(`There is no part ${planned.part}, or it has no fault '${planned.fault}'`);
    const { appearance, mayCopy, recoversFrom } = fault;
    const startedAtMs = Date.now();
    await fault.start(part, planned.lastsMs);
    await sleep(planned.lastsMs, undefined, { signal });
    await fault.repair(part);
    const repairedAtMs = Date.now();
    const recoversFromMs = recoversFrom === 'start' ? startedAtMs : repairedAtMs;
    return { ...planned, startedAtMs, repairedAtMs, recoversFromMs, appearance, mayCopy };
  };
