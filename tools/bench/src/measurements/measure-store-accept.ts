import type { RunningApi } from '@backend-jobs/local-services';
import type { Bench, Measurement } from '../bench.ts';
import { startApis } from '../contenders/start-apis.ts';
import { connections } from '../load/load.ts';
import { putLoad } from '../load/put-load.ts';
import { seriesOf } from '../report/finding.ts';
import { ratioOf } from '../statistics.ts';
import { openStores, type StoreName } from '../stores/stores.ts';
import { byTurns, type Samples } from '../turns.ts';

const names = ['ours', 'ours on PostgreSQL', 'ours on PostgreSQL, filled'] as const satisfies StoreName[];
type Name = (typeof names)[number];

interface Sample {
  perSecond: number;
  p99Ms: number;
  /** Of the API, Redis and PostgreSQL, for one sign-up. */
  processorUs: number;
}

/** What it costs to accept into PostgreSQL rather than into Redis. No worker runs. */
export const measureStoreAccept: Measurement = {
  title: `accepting on Redis alone and with PostgreSQL, over ${connections} connections`,
  ids: [15, 16, 19],
  run: async (bench) => {
    const samples = await takeSamples(bench);
    const of = (field: keyof Sample) => (name: Name) => samples[name].map((sample) => sample[field]);
    const [rates, p99s, costs] = [of('perSecond'), of('p99Ms'), of('processorUs')];
    return [
      {
        id: 15,
        title: 'processor time of an accept, PostgreSQL against Redis alone',
        figure: { unit: '×', spread: ratioOf(costs('ours on PostgreSQL'), costs('ours')) },
        target: { sense: 'at most', bound: 1.25 },
        series: seriesOf(costs, 'µs', names),
      },
      {
        id: 16,
        title: 'accepted a second, PostgreSQL against Redis alone',
        figure: { unit: '×', spread: ratioOf(rates('ours on PostgreSQL'), rates('ours')) },
        target: { sense: 'at least', bound: 0.85 },
        series: [...seriesOf(rates, 'sign-ups/s', names), ...seriesOf(p99s, 'ms', names)],
      },
      {
        id: 19,
        title: `processor time of an accept, ${bench.scale.stores.users.toLocaleString('en')} users against none`,
        figure: {
          unit: '×',
          spread: ratioOf(costs('ours on PostgreSQL, filled'), costs('ours on PostgreSQL')),
        },
        target: { sense: 'at most', bound: 1.1 },
        series: [],
      },
    ];
  },
};

const takeSamples = async (bench: Bench): Promise<Samples<Name, Sample>> => {
  const { scale, opened } = bench;
  const { services, byName, processorMs } = await openStores(bench);
  const apis = await startApis(
    names.map((name) => byName[name].contender),
    services,
    opened,
  );
  const load = async (name: Name, seconds: number, tag: string): Promise<Sample> => {
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
