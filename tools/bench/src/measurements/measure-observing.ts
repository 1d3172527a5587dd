import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exactProcessorMs, freePort, type RunningApi } from '@backend-jobs/local-services';
import { type Bench, type Measurement, openRedis } from '../bench.ts';
import { startOurApi } from '../contenders/ours.ts';
import { connections } from '../load/load.ts';
import { putLoad } from '../load/put-load.ts';
import { clearRedis } from '../redis-facts.ts';
import { seriesOf } from '../report/finding.ts';
import { ratioOf } from '../statistics.ts';

const names = ['neither', 'metrics', 'traces'] as const;
type Name = (typeof names)[number];

/** What it costs the API to be observed: the processor time of a request, in the best of several turns of each round. */
export const measureObserving: Measurement = {
  title: 'the processor time of a request, with metrics and with traces',
  ids: [13, 14],
  run: async (bench) => {
    const samples = await takeSamples(bench);
    const finding = (id: number, title: string, name: Name, bound: number) => ({
      id,
      title,
      figure: { unit: '×' as const, spread: ratioOf(samples[name], samples.neither) },
      target: { sense: 'at most' as const, bound },
      series: seriesOf((of: Name) => samples[of], 'µs', ['neither', name]),
    });
    return [
      finding(13, "the API's processor time of a request, with metrics", 'metrics', 1.03),
      finding(14, "the API's processor time of a request, with 1 % of traces", 'traces', 1.08),
    ];
  },
};

const takeSamples = async (bench: Bench): Promise<Record<Name, number[]>> => {
  const { scale, opened } = bench;
  const { redis, redisUrl } = await openRedis(bench);
  const metricsPort = await freePort();
  const envs: Record<Name, Record<string, string>> = {
    neither: {},
    metrics: { METRICS_PORT: String(metricsPort) },
    traces: { OTEL_EXPORTER_OTLP_ENDPOINT: await startCollector(opened) },
  };
  const apis = {} as Record<Name, RunningApi>;
  for (const name of names) {
    apis[name] = await startOurApi(redisUrl, envs[name]);
    opened.defer(() => apis[name].stop());
  }
  /** In µs for each request. */
  const load = async (name: Name, requests: number, tag: string): Promise<number> => {
    await clearRedis(redis);
    const { url, pid } = apis[name];
    const before = await exactProcessorMs(pid);
    const order = { url, connections, tag, until: { requests }, ignoreFirstMs: 0 };
    const [{ accepted }] = await Promise.all([putLoad(order, opened), scrape(name)]);
    return ((await exactProcessorMs(pid)) - before) * (1_000 / accepted);
  };
  /** Once in a turn, which is shorter than the time between two scrapes of a Prometheus. */
  const scrape = async (name: Name) => {
    if (name === 'metrics') await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
  };
  const { turns, requests, warmUp } = scale.observing;
  for (const name of names) await load(name, warmUp, 'warm-up');
  const samples: Record<Name, number[]> = { neither: [], metrics: [], traces: [] };
  for (let turn = 0; turn < scale.rounds * turns; turn++) {
    // Each comes after each other one as often.
    const order = turn % 2 === 0 ? names : names.toReversed();
    for (const name of order) samples[name].push(await load(name, requests, String(turn)));
  }
  // Whatever else the machine does makes a turn dearer, and none cheaper.
  const best = (name: Name) =>
    Array.from({ length: scale.rounds }, (_, round) =>
      Math.min(...samples[name].slice(round * turns, (round + 1) * turns)),
    );
  return { neither: best('neither'), metrics: best('metrics'), traces: best('traces') };
};

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
