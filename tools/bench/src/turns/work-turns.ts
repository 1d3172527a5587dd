import type { RunningApi } from '@backend-jobs/local-services';
import type { Redis } from 'ioredis';
import type { Bench, Services } from '../bench.ts';
import type { Contender } from '../contenders/contender.ts';
import { connections } from '../load/load.ts';
import { putLoad } from '../load/put-load.ts';
import { clearRedis, untilFinished } from '../redis-facts.ts';
import { byTurns, type Samples } from './by-turns.ts';
import { drain } from './drain.ts';
import { type Meter, type Usage, usedForEach } from './meter.ts';

/** A contender with what it keeps its sign-ups in. */
export interface Store<Name extends string> {
  contender: Contender<Name>;
  /** Leaves only those who were there from the first. */
  clear: () => Promise<void>;
  /** Brings what is there to rest, as time alone would. */
  settle?: () => Promise<void>;
  /** @throws when a job has failed, or is left over */
  untilFinished: () => Promise<void>;
}

export const storeOnRedis = <Name extends string>(contender: Contender<Name>, redis: Redis): Store<Name> => ({
  contender,
  clear: () => clearRedis(redis),
  untilFinished: () => untilFinished(redis, contender.queues),
});

export interface WorkSample<Thing extends string> {
  perSecond: number;
  /** For each sign-up, by the worker and what it keeps them in, from when they were all accepted. */
  work: Usage<Thing>;
  /** The same, with what it took to accept them. */
  whole: Usage<Thing>;
}

export interface Working<Name extends string, Thing extends string> {
  names: readonly Name[];
  stores: Record<Name, Store<Name>>;
  apis: ReadonlyMap<Name, RunningApi>;
  services: Services;
  meter: Meter<Thing>;
  signUps: number;
  /** Jobs of each kind at once. */
  concurrency?: number;
}

/** The work on sign-ups that wait already, by one worker process. */
export const takeWorkTurns = <Name extends string, Thing extends string>(
  bench: Bench,
  working: Working<Name, Thing>,
): Promise<Samples<Name, WorkSample<Thing>>> =>
  byTurns(bench.scale.rounds, working.names, (name) => workOff(bench, working, name));

/** One turn: everybody signs up over HTTP while a worker that is warm holds still; then it has to mail each of them once. */
const workOff = async <Name extends string, Thing extends string>(
  { scale, opened }: Bench,
  { stores, apis, services: { redisUrl, sink }, meter, signUps, concurrency }: Working<Name, Thing>,
  name: Name,
): Promise<WorkSample<Thing>> => {
  const { url } = apis.get(name) as RunningApi;
  const { contender, clear, settle, untilFinished } = stores[name];
  const { warmUp } = scale.endToEnd;
  await clear();
  await sink.forget();
  const worker = await contender.startWorker({ redisUrl, smtpUrl: sink.smtpUrl, concurrency });
  opened.defer(() => worker.stop());
  const signUp = async (requests: number, tag: string) => {
    await putLoad({ url, connections, tag, until: { requests }, ignoreFirstMs: 0 }, opened);
  };
  await signUp(warmUp, 'warm-up');
  await sink.untilTaken(warmUp);
  await untilFinished();
  await settle?.();
  const before = await meter(worker.pid);
  let accepted = before;
  const fill = async () => {
    await signUp(signUps, 'waits');
    accepted = await meter(worker.pid);
  };
  const perSecond = await drain({ workers: [worker], sink, signUps, fill });
  await untilFinished();
  const after = await meter(worker.pid);
  await worker.stop();
  return {
    perSecond,
    work: usedForEach(signUps, accepted, after),
    whole: usedForEach(signUps, before, after),
  };
};
