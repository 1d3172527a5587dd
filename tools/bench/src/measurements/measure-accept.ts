import { type Bench, type Measurement, openRedis } from '../bench.ts';
import { ours } from '../contenders/ours.ts';
import { bullmqChain, expressBull, fastifyCeiling } from '../contenders/rivals.ts';
import { startApis } from '../contenders/start-apis.ts';
import { connections, type LoadResult } from '../load/load.ts';
import { putLoad } from '../load/put-load.ts';
import { clearRedis } from '../redis-facts.ts';
import { type Finding, seriesOf } from '../report/finding.ts';
import { ratioOf } from '../statistics.ts';
import { byTurns, type Samples } from '../turns.ts';

const acceptors = [ours, expressBull, bullmqChain, fastifyCeiling] as const;
type Name = (typeof acceptors)[number]['name'];
const names = acceptors.map(({ name }) => name);

/** Accepting alone: the APIs run all the time, each with its turn to be loaded, and no worker runs. */
export const measureAccept: Measurement = {
  title: `accepting over ${connections} connections, no worker running`,
  ids: [1, 2, 3],
  run: async (bench) => {
    const samples = await takeSamples(bench);
    const rates = (name: Name) => samples[name].map(({ acceptedPerSecond }) => acceptedPerSecond);
    const p99s = (name: Name) => samples[name].map(({ p99Ms }) => p99Ms);
    return [
      {
        id: 1,
        title: 'accepted a second, against express-bull',
        figure: { unit: '×', spread: ratioOf(rates('ours'), rates('express-bull')) },
        target: { sense: 'at least', bound: 1.5 },
        series: seriesOf(rates, 'sign-ups/s', names),
      },
      {
        id: 2,
        title: 'p99 until accepted, against express-bull',
        figure: { unit: '×', spread: ratioOf(p99s('ours'), p99s('express-bull')) },
        target: { sense: 'at most', bound: 0.8 },
        series: seriesOf(p99s, 'ms', names),
      },
      {
        id: 3,
        title: 'accepted a second, against a Fastify route that does nothing',
        figure: { unit: '×', spread: ratioOf(rates('ours'), rates('fastify-ceiling')) },
        target: { sense: 'at least', bound: 0.42 },
        series: [],
      },
    ] satisfies Finding[];
  },
};

const takeSamples = async (bench: Bench): Promise<Samples<Name, LoadResult>> => {
  const { scale, opened } = bench;
  const { redis, redisUrl } = await openRedis(bench);
  const apis = await startApis(acceptors, { redisUrl }, opened);
  const load = async (name: Name, seconds: number, tag: string): Promise<LoadResult> => {
    await clearRedis(redis);
    const { ignoreFirstMs } = scale.accept;
    return putLoad(
      { url: apis.get(name)?.url ?? '', connections, tag, until: { seconds }, ignoreFirstMs },
      opened,
    );
  };
  const { warmUpSeconds, seconds } = scale.accept;
  if (warmUpSeconds > 0) for (const name of names) await load(name, warmUpSeconds, 'warm-up');
  return byTurns(scale.rounds, names, (name, round) => load(name, seconds, String(round)));
};
