import type { RunningApi } from '@backend-jobs/local-services';
import type { Bench } from '../bench.ts';
import { connections } from '../load/load.ts';
import { putLoad } from '../load/put-load.ts';
import { byTurns, type Samples } from '../turns.ts';
import type { StoreName, Stores } from './stores.ts';

export interface AcceptSample {
  perSecond: number;
  p99Ms: number;
  /** Of the API, Redis and PostgreSQL, for one sign-up. */
  processorUs: number;
}

/** Accepting alone: no worker runs. */
export const takeAcceptTurns = async <Name extends StoreName>(
  { scale, opened }: Bench,
  { byName, apis, processorMs }: Stores,
  names: readonly Name[],
): Promise<Samples<Name, AcceptSample>> => {
  const load = async (name: Name, seconds: number, tag: string): Promise<AcceptSample> => {
    const { url, pid } = apis.get(name) as RunningApi;
    await byName[name].clear();
    const { ignoreFirstMs } = scale.accept;
    const beforeMs = await processorMs(pid);
    const result = await putLoad({ url, connections, tag, until: { seconds }, ignoreFirstMs }, opened);
    const usedMs = (await processorMs(pid)) - beforeMs;
    return {
      perSecond: result.acceptedPerSecond,
      p99Ms: result.p99Ms,
      processorUs: (usedMs * 1_000) / result.accepted,
    };
  };
  const { warmUpSeconds, seconds } = scale.accept;
  if (warmUpSeconds > 0) for (const name of names) await load(name, warmUpSeconds, 'warm-up');
  return byTurns(scale.rounds, names, (name, round) => load(name, seconds, String(round)));
};
