import type { RunningApi } from '@backend-jobs/local-services';
import type { Bench } from '../bench.ts';
import { drain } from '../drain.ts';
import { connections } from '../load/load.ts';
import { putLoad } from '../load/put-load.ts';
import { byTurns, type Samples } from '../turns.ts';
import type { StoreName, Stores } from './stores.ts';

export interface WorkSample {
  perSecond: number;
  /** Of the worker, Redis and PostgreSQL, for one sign-up: all the work on it after it was accepted. */
  processorUs: number;
}

/** The work on sign-ups that wait already, by one process with 50 jobs of a kind at once. */
export const takeWorkTurns = (
  bench: Bench,
  stores: Stores,
  names: readonly StoreName[],
): Promise<Samples<StoreName, WorkSample>> =>
  byTurns(bench.scale.rounds, names, (name) => workOff(bench, stores, name));

/** One turn, as it is for the other contenders: see `measure-end-to-end.ts`. */
const workOff = async (
  { scale, opened }: Bench,
  { services: { redisUrl, sink }, byName, apis, processorMs }: Stores,
  name: StoreName,
): Promise<WorkSample> => {
  const { url } = apis.get(name) as RunningApi;
  const { contender, clear, analyze, untilFinished } = byName[name];
  await clear();
  await sink.forget();
  const worker = await contender.startWorker({ redisUrl, smtpUrl: sink.smtpUrl, concurrency: 50 });
  opened.defer(() => worker.stop());
  const signUp = async (requests: number, tag: string) => {
    await putLoad({ url, connections, tag, until: { requests }, ignoreFirstMs: 0 }, opened);
  };
  const { concurrent: signUps, warmUp } = scale.endToEnd;
  await signUp(warmUp, 'warm-up');
  await sink.untilTaken(warmUp);
  await untilFinished();
  await analyze();
  let beforeMs = 0;
  const fill = async () => {
    await signUp(signUps, 'waits');
    beforeMs = await processorMs(worker.pid);
  };
  const perSecond = await drain({ workers: [worker], sink, signUps, fill });
  await untilFinished();
  const usedMs = (await processorMs(worker.pid)) - beforeMs;
  await worker.stop();
  return { perSecond, processorUs: (usedMs * 1_000) / signUps };
};
