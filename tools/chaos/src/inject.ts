import { setTimeout as sleep } from 'node:timers/promises';
import { apiFaults, workerFaults } from './faults/app-faults.ts';
import type { Appearance, Fault } from './faults/fault.ts';
import { mailFaults } from './faults/mail-faults.ts';
import { redisFaults } from './faults/redis-faults.ts';
import { type PartName, type PlannedFault, partNames } from './plan.ts';
import type { Service } from './service.ts';

/** A fault that was there: from the moment that it was started until the part worked again. */
export interface InjectedFault extends PlannedFault {
  startedAtMs: number;
  mendedAtMs: number;
  /** From when on the service could heal. */
  healsFromMs: number;
  appearance: Appearance;
  mayCopy: boolean;
}

/** Breaks one part, by the name of a fault. */
type Breaker = (planned: PlannedFault, signal: AbortSignal) => Promise<InjectedFault>;

/**
 * Does what is planned, the parts side by side, and answers when all is mended. The first fault that throws, or
 * `stopping`, ends it all, and leaves things broken as they are.
 *
 * @throws what the fault threw, or why it was stopped
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
  const lanes = partNames.map((part) => breakPart(part).catch((error) => stopping.abort(error)));
  const injected = await Promise.all(lanes);
  signal.throwIfAborted();
  return injected.flatMap((faults) => faults ?? []).sort((one, other) => one.startedAtMs - other.startedAtMs);
};

const breakersOf = ({ apis, workers, redis, mail }: Service): Record<PartName, Breaker> => ({
  'API 1': breaker(apis[0], apiFaults),
  'API 2': breaker(apis[1], apiFaults),
  'worker 1': breaker(workers[0], workerFaults),
  'worker 2': breaker(workers[1], workerFaults),
  'worker 3': breaker(workers[2], workerFaults),
  Redis: breaker(redis, redisFaults),
  mail: breaker(mail, mailFaults),
});

const breaker =
  <Part>(part: Part | undefined, faults: Record<string, Fault<Part>>): Breaker =>
  async (planned, signal) => {
    const fault = faults[planned.fault];
    if (!part || !fault) throw new Error(`There is no ${planned.part}, or no fault '${planned.fault}' of it`);
    const { appearance, mayCopy, healsFrom } = fault;
    const startedAtMs = Date.now();
    await fault.start(part, planned.lastsMs);
    await sleep(planned.lastsMs, undefined, { signal });
    await fault.mend(part);
    const mendedAtMs = Date.now();
    const healsFromMs = healsFrom === 'start' ? startedAtMs : mendedAtMs;
    return { ...planned, startedAtMs, mendedAtMs, healsFromMs, appearance, mayCopy };
  };
