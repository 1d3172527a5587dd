import type { RunningApi } from '@backend-jobs/local-services';
import { type Bench, type Measurement, openServices, type Services } from '../bench.ts';
import type { Contender } from '../contenders/contender.ts';
import { ours } from '../contenders/ours.ts';
import { bullmqChain, expressBull } from '../contenders/rivals.ts';
import { startApis } from '../contenders/start-apis.ts';
import { drain } from '../drain.ts';
import { connections } from '../load/load.ts';
import { putLoad } from '../load/put-load.ts';
import { clearRedis, redisCpuMs, untilFinished } from '../redis-facts.ts';
import { type Finding, type Series, seriesOf } from '../report/finding.ts';
import { ratioOf } from '../statistics.ts';
import { byTurns, type Samples } from '../turns.ts';

interface Sample {
  perSecond: number;
  /** Of Redis' main thread, for one sign-up: accepting it and all the work on it. */
  redisUs: number;
}

const contenders = [ours, expressBull, bullmqChain] as const;
type Name = (typeof contenders)[number]['name'];
const names = contenders.map(({ name }) => name);

/** Sign-ups that wait already, worked off by one process with 50 jobs of a kind at once. */
export const measureEndToEnd: Measurement = {
  title: 'from queued to mailed, one worker process, concurrency 50',
  ids: [4, 6, 7],
  run: async (bench) => {
    const order = { signUps: bench.scale.endToEnd.concurrent, concurrency: 50 };
    const samples = await takeSamples(bench, contenders, order);
    const of = (field: keyof Sample) => (name: Name) => samples[name].map((sample) => sample[field]);
    const [rates, redisUs] = [of('perSecond'), of('redisUs')];
    const perCore = (name: Name) => redisUs(name).map((us) => 1e6 / us);
    return [
      {
        id: 4,
        title: 'end to end a second, against express-bull, 50 at once',
        figure: { unit: '×', spread: ratioOf(rates('ours'), rates('express-bull')) },
        target: { sense: 'at least', bound: 1.3 },
        series: seriesOf(rates, 'sign-ups/s', names),
      },
      {
        id: 6,
        title: 'end to end a second, against bullmq-chain, 50 at once',
        figure: { unit: '×', spread: ratioOf(rates('ours'), rates('bullmq-chain')) },
        target: { sense: 'at least', bound: 0.85 },
        series: [],
      },
      {
        id: 7,
        title: "Redis' own time for a sign-up, against bullmq-chain",
        figure: { unit: '×', spread: ratioOf(redisUs('ours'), redisUs('bullmq-chain')) },
        target: { sense: 'at most', bound: 1.5 },
        series: [...seriesOf(redisUs, 'µs', names), ...seriesOf(perCore, 'sign-ups/s', names).map(ofOneCore)],
      },
    ] satisfies Finding[];
  },
};

/** The same for who changes no setting. */
export const measureDefaults: Measurement = {
  title: 'from queued to mailed, one worker process, each at its defaults',
  ids: [5],
  run: async (bench) => {
    const samples = await takeSamples(bench, [ours, expressBull], {
      signUps: bench.scale.endToEnd.byDefault,
    });
    const rates = (name: Name) => samples[name].map(({ perSecond }) => perSecond);
    return [
      {
        id: 5,
        title: 'end to end a second, against express-bull, each at its defaults',
        figure: { unit: '×', spread: ratioOf(rates('ours'), rates('express-bull')) },
        target: { sense: 'at least', bound: 3 },
        series: seriesOf(rates, 'sign-ups/s', ['ours', 'express-bull']),
      },
    ];
  },
};

const ofOneCore = (series: Series): Series => ({
  ...series,
  name: `${series.name}, what one core of Redis carries`,
});

interface Order {
  signUps: number;
  concurrency?: number;
}

const takeSamples = async (
  bench: Bench,
  contenders: readonly Contender<Name>[],
  order: Order,
): Promise<Samples<Name, Sample>> => {
  const services = await openServices(bench);
  const apis = await startApis(contenders, services, bench.opened);
  const byName = new Map(contenders.map((contender) => [contender.name, contender]));
  return byTurns(bench.scale.rounds, [...byName.keys()], (name) =>
    workOff(byName.get(name) as Contender, apis.get(name) as RunningApi, { ...services, ...order, ...bench }),
  );
};

/** One turn: everybody signs up over HTTP while a worker that is warm holds still; then it has to mail each of them once. */
const workOff = async (
  contender: Contender,
  api: RunningApi,
  { redis, redisUrl, sink, signUps, concurrency, scale, opened }: Services & Order & Bench,
): Promise<Sample> => {
  await clearRedis(redis);
  await sink.forget();
  const worker = await contender.startWorker({ redisUrl, smtpUrl: sink.smtpUrl, concurrency });
  opened.defer(() => worker.stop());
  const signUp = async (requests: number, tag: string) => {
    await putLoad({ url: api.url, connections, tag, until: { requests }, ignoreFirstMs: 0 }, opened);
  };
  await signUp(scale.endToEnd.warmUp, 'warm-up');
  await sink.untilTaken(scale.endToEnd.warmUp);
  await untilFinished(redis, contender.queues);
  const cpuBeforeMs = await redisCpuMs(redis);
  const perSecond = await drain({ workers: [worker], sink, signUps, fill: () => signUp(signUps, 'waits') });
  await untilFinished(redis, contender.queues);
  const cpuMs = (await redisCpuMs(redis)) - cpuBeforeMs;
  await worker.stop();
  return { perSecond, redisUs: (cpuMs * 1_000) / signUps };
};
