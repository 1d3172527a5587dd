import { type Bench, type Measurement, openRedis } from '../bench.ts';
import type { Acceptor } from '../contenders/contender.ts';
import { oursAndBefore } from '../contenders/ours.ts';
import { bullmqChain, expressBull, expressDutiful, fastifyCeiling } from '../contenders/rivals.ts';
import { startApis } from '../contenders/start-apis.ts';
import { connections, crowdConnections } from '../load/load.ts';
import { clearRedis } from '../redis-facts.ts';
import { type Finding, ofPart, type Series, seriesOf } from '../report/finding.ts';
import { ratioOf } from '../statistics.ts';
import { type AcceptSample, takeAcceptTurns } from '../turns/accept-turns.ts';
import type { Samples } from '../turns/by-turns.ts';
import { createRedisMeter, type OnRedis } from '../turns/meter.ts';

type Name = 'ours' | 'before' | 'express-bull' | 'express-dutiful' | 'bullmq-chain' | 'fastify-ceiling';

const namesOf = (acceptors: readonly Acceptor<Name>[]): Name[] => acceptors.map(({ name }) => name);

/** Accepting alone: the APIs run all the time, each with its turn to be loaded, and no worker runs. */
export const measureAccept: Measurement = {
  title: `accepting over ${connections} connections, no worker running`,
  ids: [1, 2, 3, 21],
  run: async (bench) => {
    const withRedis = [...oursAndBefore(bench.before), expressBull, expressDutiful, bullmqChain];
    const acceptors = [...withRedis, fastifyCeiling];
    const samples = await takeSamples(bench, acceptors, connections);
    const of = (field: 'acceptedPerSecond' | 'p99Ms' | 'processorUs') => (name: Name) =>
      samples[name].map((sample) => sample[field]);
    const usedBy = (part: OnRedis) => (name: Name) => samples[name].map(({ used }) => used[part]);
    const [rates, p99s, ofLoad] = [of('acceptedPerSecond'), of('p99Ms'), of('processorUs')];
    const names = namesOf(acceptors);
    return [
      {
        id: 1,
        title: 'accepted a second, against express-bull',
        figure: { unit: '×', spread: ratioOf(rates('ours'), rates('express-bull')) },
        target: { sense: 'at least', bound: 1 },
        series: seriesOf(rates, 'sign-ups/s', names),
      },
      {
        id: 2,
        title: 'p99 until accepted, against express-bull',
        figure: { unit: '×', spread: ratioOf(p99s('ours'), p99s('express-bull')) },
        target: { sense: 'at most', bound: 1 },
        series: seriesOf(p99s, 'ms', names),
      },
      {
        id: 3,
        title: 'accepted a second, against a Fastify route that does nothing',
        figure: { unit: '×', spread: ratioOf(rates('ours'), rates('fastify-ceiling')) },
        target: { sense: 'at least', bound: 0.42 },
        series: [],
      },
      {
        id: 21,
        title: 'accepted a second, against express-dutiful',
        figure: { unit: '×', spread: ratioOf(rates('ours'), rates('express-dutiful')) },
        target: { sense: 'at least', bound: 2.3 },
        series: [
          ...ofPart("its API's processor time", seriesOf(usedBy('process'), 'µs', names)),
          ...ofPart("Redis' processor time", seriesOf(usedBy('redis'), 'µs', namesOf(withRedis))),
          ...ofPart("the load's processor time", seriesOf(ofLoad, 'µs', names)),
        ],
      },
    ] satisfies Finding[];
  },
};

/** The same when so many come at once that each waits for many others. */
export const measureCrowd: Measurement = {
  title: `accepting over ${crowdConnections} connections, no worker running`,
  ids: [22],
  run: async (bench) => {
    const acceptors = [...oursAndBefore(bench.before), expressBull, expressDutiful];
    const samples = await takeSamples(bench, acceptors, crowdConnections);
    const p99s = (name: Name) => samples[name].map(({ p99Ms }) => p99Ms);
    const against = (other: Name, series: Series[]): Finding => ({
      id: 22,
      title: `p99 until accepted over ${crowdConnections} connections, against ${other}`,
      figure: { unit: '×', spread: ratioOf(p99s('ours'), p99s(other)) },
      target: { sense: 'at most', bound: 1 },
      series,
    });
    return [
      against('express-bull', seriesOf(p99s, 'ms', namesOf(acceptors))),
      ...(bench.before ? [against('before', [])] : []),
    ];
  },
};

const takeSamples = async (
  bench: Bench,
  acceptors: readonly Acceptor<Name>[],
  connections: number,
): Promise<Samples<Name, AcceptSample<OnRedis>>> => {
  const { redis, redisUrl } = await openRedis(bench);
  return takeAcceptTurns(bench, {
    names: namesOf(acceptors),
    apis: await startApis(acceptors, { redisUrl }, bench.opened),
    connections,
    clear: () => clearRedis(redis),
    meter: createRedisMeter(redis),
  });
};
