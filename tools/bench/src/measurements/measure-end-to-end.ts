import { type Bench, type Measurement, openServices } from '../bench.ts';
import type { Contender } from '../contenders/contender.ts';
import { ours, oursAndBefore } from '../contenders/ours.ts';
import { bullmqChain, expressBull, expressDutiful } from '../contenders/rivals.ts';
import { startApis } from '../contenders/start-apis.ts';
import { type Finding, ofPart, seriesOf } from '../report/finding.ts';
import { ratioOf, spreadOf } from '../statistics.ts';
import type { Samples } from '../turns/by-turns.ts';
import { createRedisMeter, type OnRedis } from '../turns/meter.ts';
import { storeOnRedis, takeWorkTurns, type WorkSample } from '../turns/work-turns.ts';

type Name = 'ours' | 'before' | 'express-bull' | 'express-dutiful' | 'bullmq-chain';

/** Sign-ups that wait already, worked off by one process with 50 jobs of a kind at once. */
export const measureEndToEnd: Measurement = {
  title: 'from queued to mailed, one worker process, concurrency 50',
  ids: [4, 6, 7, 23],
  run: async (bench) => {
    const contenders = [...oursAndBefore(bench.before), expressBull, expressDutiful, bullmqChain];
    const names = contenders.map(({ name }) => name);
    const order = { signUps: bench.scale.endToEnd.concurrent, concurrency: 50 };
    const samples = await takeSamples(bench, contenders, order);
    const rates = (name: Name) => samples[name].map(({ perSecond }) => perSecond);
    const workerUs = (name: Name) => samples[name].map(({ work }) => work.process);
    const redisUs = (name: Name) => samples[name].map(({ whole }) => whole.redis);
    const perCore = (name: Name) => redisUs(name).map((us) => 1e6 / us);
    const fileKiB = (name: Name) => samples[name].map(({ whole }) => whole.file / 1_024);
    return [
      {
        id: 4,
        title: 'end to end a second, against express-bull, 50 at once',
        figure: { unit: '×', spread: ratioOf(rates('ours'), rates('express-bull')) },
        target: { sense: 'at least', bound: 1.6 },
        series: seriesOf(rates, 'sign-ups/s', names),
      },
      {
        id: 6,
        title: 'end to end a second, against bullmq-chain, 50 at once',
        figure: { unit: '×', spread: ratioOf(rates('ours'), rates('bullmq-chain')) },
        target: { sense: 'at least', bound: 0.85 },
        series: ofPart("its worker's processor time", seriesOf(workerUs, 'µs', names)),
      },
      {
        id: 7,
        title: "Redis' own time for a sign-up, against bullmq-chain",
        figure: { unit: '×', spread: ratioOf(redisUs('ours'), redisUs('bullmq-chain')) },
        target: { sense: 'at most', bound: 1.15 },
        series: [
          ...seriesOf(redisUs, 'µs', names),
          ...ofPart('what one core of Redis carries', seriesOf(perCore, 'sign-ups/s', names)),
        ],
      },
      {
        id: 23,
        title: "Redis' append-only file for a sign-up",
        figure: { unit: 'KiB', spread: spreadOf(fileKiB('ours')) },
        target: { sense: 'at most', bound: 8.5 },
        series: seriesOf(fileKiB, 'KiB', names),
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

const takeSamples = async (
  bench: Bench,
  contenders: readonly Contender<Name>[],
  order: { signUps: number; concurrency?: number },
): Promise<Samples<Name, WorkSample<OnRedis>>> => {
  const services = await openServices(bench);
  const { redis } = services;
  const stores = contenders.map((contender) => [contender.name, storeOnRedis(contender, redis)]);
  return takeWorkTurns(bench, {
    ...order,
    names: contenders.map(({ name }) => name),
    stores: Object.fromEntries(stores),
    apis: await startApis(contenders, services, bench.opened),
    services,
    meter: createRedisMeter(redis),
  });
};
