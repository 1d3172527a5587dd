import type { RunningApi } from '@backend-jobs/local-services';
import type { Bench, Measurement } from '../bench.ts';
import { startApis } from '../contenders/start-apis.ts';
import { drain } from '../drain.ts';
import { connections } from '../load/load.ts';
import { putLoad } from '../load/put-load.ts';
import { seriesOf } from '../report/finding.ts';
import { ratioOf } from '../statistics.ts';
import { openStores, type StoreName, type Stores } from '../stores/stores.ts';
import { byTurns, type Samples } from '../turns.ts';

const names = ['ours', 'ours on PostgreSQL', 'ours on PostgreSQL, filled', 'express-graphile'] as const;

interface Sample {
  perSecond: number;
  /** Of the worker, Redis and PostgreSQL, for one sign-up: all the work on it after it was accepted. */
  processorUs: number;
}

/** What the work costs with PostgreSQL rather than with Redis alone, and what it costs a peer that has no Redis. */
export const measureStoreWork: Measurement = {
  title: 'from queued to mailed, on Redis alone and with PostgreSQL',
  ids: [17, 18, 19, 20],
  run: async (bench) => {
    const samples = await takeSamples(bench);
    const of = (field: keyof Sample) => (name: StoreName) => samples[name].map((sample) => sample[field]);
    const [rates, costs] = [of('perSecond'), of('processorUs')];
    return [
      {
        id: 17,
        title: 'processor time of the work, PostgreSQL against Redis alone',
        figure: { unit: '×', spread: ratioOf(costs('ours on PostgreSQL'), costs('ours')) },
        target: { sense: 'at most', bound: 1.4 },
        series: seriesOf(costs, 'µs', names),
      },
      {
        id: 18,
        title: 'end to end a second, PostgreSQL against Redis alone',
        figure: { unit: '×', spread: ratioOf(rates('ours on PostgreSQL'), rates('ours')) },
        target: { sense: 'at least', bound: 0.75 },
        series: seriesOf(rates, 'sign-ups/s', names),
      },
      {
        id: 19,
        title: `processor time of the work, ${bench.scale.stores.users.toLocaleString('en')} users against none`,
        figure: {
          unit: '×',
          spread: ratioOf(costs('ours on PostgreSQL, filled'), costs('ours on PostgreSQL')),
        },
        target: { sense: 'at most', bound: 1.1 },
        series: [],
      },
      {
        id: 20,
        title: 'end to end a second with PostgreSQL, against express-graphile',
        figure: { unit: '×', spread: ratioOf(rates('ours on PostgreSQL'), rates('express-graphile')) },
        target: { sense: 'at least', bound: 1.5 },
        series: [],
      },
    ];
  },
};

const takeSamples = async (bench: Bench): Promise<Samples<StoreName, Sample>> => {
  const stores = await openStores(bench);
  const acceptors = names.map((name) => stores.byName[name].contender);
  const apis = await startApis(acceptors, stores.services, bench.opened);
  return byTurns(bench.scale.rounds, names, (name) =>
    workOff(bench, stores, { name, api: apis.get(name) as RunningApi }),
  );
};

/** One turn, as it is for the other contenders: see `measure-end-to-end.ts`. */
const workOff = async (
  { scale, opened }: Bench,
  { services: { redisUrl, sink }, byName, processorMs }: Stores,
  { name, api }: { name: StoreName; api: RunningApi },
): Promise<Sample> => {
  const { contender, clear, analyze, untilFinished } = byName[name];
  await clear();
  await sink.forget();
  const worker = await contender.startWorker({ redisUrl, smtpUrl: sink.smtpUrl, concurrency: 50 });
  opened.defer(() => worker.stop());
  const signUp = async (requests: number, tag: string) => {
    await putLoad({ url: api.url, connections, tag, until: { requests }, ignoreFirstMs: 0 }, opened);
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
