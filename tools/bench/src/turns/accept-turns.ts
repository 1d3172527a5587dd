import type { RunningApi } from '@backend-jobs/local-services';
import type { Bench } from '../bench.ts';
import type { LoadResult } from '../load/load.ts';
import { putLoad } from '../load/put-load.ts';
import { byTurns, type Samples } from './by-turns.ts';
import { type Meter, type Usage, usedForEach } from './meter.ts';

export interface AcceptSample<Thing extends string> extends LoadResult {
  /** By the API and what it keeps sign-ups in, for each of them. */
  used: Usage<Thing>;
}

export interface Accepting<Name extends string, Thing extends string> {
  names: readonly Name[];
  apis: ReadonlyMap<Name, RunningApi>;
  connections: number;
  clear: (name: Name) => Promise<void>;
  meter: Meter<Thing>;
}

/** Accepting alone: the APIs run all the time, each with its turn to be loaded, and no worker runs. */
export const takeAcceptTurns = async <Name extends string, Thing extends string>(
  { scale, opened }: Bench,
  { names, apis, connections, clear, meter }: Accepting<Name, Thing>,
): Promise<Samples<Name, AcceptSample<Thing>>> => {
  const { warmUpSeconds, ignoreFirstMs, seconds } = scale.accept;
  const load = async (name: Name, seconds: number, tag: string) => {
    const { url, pid } = apis.get(name) as RunningApi;
    await clear(name);
    const before = await meter(pid);
    const order = { url, connections, tag: `${tag}-${connections}`, until: { seconds }, ignoreFirstMs };
    const result = await putLoad(order, opened);
    return { ...result, used: usedForEach(result.accepted, before, await meter(pid)) };
  };
  if (warmUpSeconds > 0) for (const name of names) await load(name, warmUpSeconds, 'warm-up');
  return byTurns(scale.rounds, names, (name, round) => load(name, seconds, String(round)));
};
