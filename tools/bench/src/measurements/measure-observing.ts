import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exactProcessorMs, freePort, type RunningApi } from '@backend-jobs/local-services';
import { type Bench, type Measurement, openRedis } from '../bench.ts';
import { startOurApi } from '../contenders/ours.ts';
import { startApis } from '../contenders/start-apis.ts';
import { connections } from '../load/load.ts';
import { putLoad } from '../load/put-load.ts';
import { clearRedis } from '../redis-facts.ts';
import { type Series, seriesOf } from '../report/finding.ts';
import { ratioOf, spreadOf } from '../statistics.ts';

/** The last one is as the first one: how far these two are apart says how far the figures can be trusted. */
const names = ['neither', 'metrics', 'traces', 'neither, once more'] as const;
type Name = (typeof names)[number];

/** What it costs the API to be observed: the processor time of a request, in the best of several turns of each round. */
export const measureObserving: Measurement = {
  title: 'the processor time of a request, with metrics and with traces',
  ids: [13, 14],
  run: async (bench) => {
    const { samples, scrapesMs } = await takeSamples(bench);
    const finding = (id: number, title: string, name: Name, bound: number, series: Series[]) => ({
      id,
      title,
      figure: { unit: '×' as const, spread: ratioOf(samples[name], samples.neither) },
      target: { sense: 'at most' as const, bound },
      series,
    });
    const ofRequests = (...of: Name[]) => seriesOf((name: Name) => samples[name], 'µs', of);
    return [
      finding(13, "the API's processor time of a request, with metrics", 'metrics', 1.03, [
        ...ofRequests('neither', 'neither, once more', 'metrics'),
        { name: 'one scrape', unit: 'ms', spread: spreadOf(scrapesMs) },
      ]),
      finding(
        14,
        "the API's processor time of a request, with 1 % of traces",
        'traces',
        1.08,
        ofRequests('traces'),
      ),
    ];
  },
};

const takeSamples = async (
  bench: Bench,
): Promise<{ samples: Record<Name, number[]>; scrapesMs: number[] }> => {
  const { scale, opened } = bench;
  const { redis, redisUrl } = await openRedis(bench);
  const metricsPort = await freePort();
  const envs: Record<Name, Record<string, string>> = {
    neither: {},
    metrics: { METRICS_PORT: String(metricsPort) },
    traces: { OTEL_EXPORTER_OTLP_ENDPOINT: await startCollector(opened) },
    'neither, once more': {},
  };
  const acceptors = names.map((name) => ({ name, startApi: () => startOurApi(redisUrl, envs[name]) }));
  const apis = await startApis(acceptors, { redisUrl }, opened);
  const apiOf = (name: Name) => apis.get(name) as RunningApi;
  const processorMsOf = async (name: Name, work: () => Promise<unknown>): Promise<number> => {
    const { pid } = apiOf(name);
    const before = await exactProcessorMs(pid);
    await work();
    return (await exactProcessorMs(pid)) - before;
  };
  /** In µs for each request. */
  const load = async (name: Name, requests: number, tag: string): Promise<number> => {
    await clearRedis(redis);
    const order = { url: apiOf(name).url, connections, tag, until: { requests }, ignoreFirstMs: 0 };
    return (await processorMsOf(name, () => putLoad(order, opened))) * (1_000 / requests);
  };
  const scrape = () => fetch(`http://127.0.0.1:${metricsPort}/metrics`).then((response) => response.text());

  const { turns, requests, warmUp } = scale.observing;
  for (const name of names) await load(name, warmUp, 'warm-up');
  const all = Object.fromEntries(names.map((name): [Name, number[]] => [name, []])) as Record<Name, number[]>;
  for (let turn = 0; turn < scale.rounds * turns; turn++) {
    // Each comes after each other one as often.
    const order = turn % 2 === 0 ? names : names.toReversed();
    for (const name of order) all[name].push(await load(name, requests, String(turn)));
  }
  const scrapesMs: number[] = [];
  for (let times = 0; times < 10; times++) scrapesMs.push(await processorMsOf('metrics', scrape));
  return { samples: mapValues(all, (samples) => bestOfEach(samples, turns)), scrapesMs };
};

/** Whatever else the machine does makes a turn dearer, and none cheaper. */
const bestOfEach = (samples: readonly number[], turns: number): number[] =>
  Array.from({ length: samples.length / turns }, (_, round) =>
    Math.min(...samples.slice(round * turns, (round + 1) * turns)),
  );

const mapValues = (
  samples: Record<Name, number[]>,
  map: (samples: number[]) => number[],
): Record<Name, number[]> =>
  Object.fromEntries(names.map((name) => [name, map(samples[name])])) as Record<Name, number[]>;

/** Takes every span, and forgets it. */
const startCollector = async (opened: AsyncDisposableStack): Promise<string> => {
  const server = createServer((request, response) => {
    request.resume().once('end', () => response.end('{}'));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  opened.defer(async () => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};
