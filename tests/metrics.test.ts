import { findMachinePart, type Prometheus } from '@backend-jobs/local-services';
import { test as base, beforeEach, describe, expect } from 'vitest';
import { apiKeysEnv } from './support/api-key.ts';
import { byFifties } from './support/many-at-once.ts';
import { board, documentedMetrics, inPrometheus, rules } from './support/observe-files.ts';
import { openObservedWorld, prometheusPart, valuesOf } from './support/observed-world.ts';
import { runSignUps } from './support/sign-up-run.ts';

const programs = await findMachinePart(prometheusPart);
beforeEach(programs.orSkip);

/** A service, and what a Prometheus has of it after 200 requests to sign up that ended in every way there is. */
const test = base.extend(
  'observed',
  { scope: 'file' },
  // biome-ignore lint/correctness/noEmptyPattern: vitest requires this pattern of a fixture that uses no other
  async ({}, { onCleanup }) => {
    const opened = new AsyncDisposableStack();
    onCleanup(() => opened.disposeAsync());
    const observed = await openObservedWorld(opened, programs.get(), {
      ...apiKeysEnv,
      WELCOME_EMAIL_ON_UNKNOWN: 'hold',
    });
    return { ...observed, run: await runSignUps(observed.world) };
  },
);

interface Sample {
  metric: Record<string, string>;
  value: [number, string];
}
const query = async (prometheus: Prometheus, expr: string): Promise<Sample[]> =>
  ((await prometheus.ask(`query?query=${encodeURIComponent(expr)}`)) as { result: Sample[] }).result;

/** The one value of an expression. */
const numberOf = async (prometheus: Prometheus, expr: string): Promise<number> =>
  Number((await query(prometheus, expr))[0]?.value[1]);

test('200 requests to sign up are all accounted for: each that was accepted has one end', async ({
  observed: { prometheus, run },
}) => {
  expect(run.requests).toBe(200);
  const settled = () =>
    query(prometheus, 'sum by (outcome) (sign_ups_settled_total)').then((samples) =>
      Object.fromEntries(samples.map(({ metric, value }) => [metric.outcome, Number(value[1])])),
    );
  await expect.poll(settled).toEqual(run.ends);
  const sum = Object.values(run.ends).reduce((a, b) => a + b);
  const expectNumber = (expr: string) => expect.poll(() => numberOf(prometheus, expr));
  await expectNumber('sum(sign_ups_accepted_total{replay="false"})').toBe(sum);
  await expectNumber('sum(sign_ups_accepted_total{replay="true"})').toBe(run.replays);
  await expectNumber('sum(sign_ups_refused_total)').toBe(run.refused);
  await expectNumber('sum(sign_up_welcome_duration_seconds_count)').toBe(run.ends.welcome_sent);
  expect(run.refused + run.replays + sum).toBe(run.requests);
});

test.for(documentedMetrics)(
  '$name is what docs/metrics.md says',
  async ({ name, type, series, labels }, { observed: { prometheus } }) => {
    const samples = await query(prometheus, series);
    expect(samples.length).toBeGreaterThan(0);
    const ofScrape = ['__name__', 'instance', 'job'];
    for (const { metric } of samples)
      expect(
        Object.keys(metric)
          .filter((label) => !ofScrape.includes(label))
          .sort(),
      ).toEqual(labels.toSorted());
    const family = name.replace(/_total$/, '');
    const metadata = (await prometheus.ask(`metadata?metric=${family}`)) as Record<
      string,
      { type: string }[]
    >;
    expect(metadata[family]?.[0]?.type).toBe(type);
  },
);

test('docs/metrics.md has every metric of this service', async ({ observed: { scrape } }) => {
  const text = (await scrape('api')) + (await scrape('worker'));
  const names = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name = '']) => name);
  const own = names.filter((name) => !/^(process|nodejs)_/.test(name));
  expect(documentedMetrics.length).toBeGreaterThan(15);
  expect(new Set(own)).toEqual(new Set(documentedMetrics.map(({ name }) => name.replace(/_total$/, ''))));
});

test('no label holds an address, an id or a URL', async ({ observed: { prometheus } }) => {
  const series = (await prometheus.ask(`series?match[]=${encodeURIComponent('{__name__=~".+"}')}`)) as Record<
    string,
    string
  >[];
  expect(series.length).toBeGreaterThan(300);
  const values = new Set(series.flatMap(({ instance: _instance, ...labels }) => Object.values(labels)));
  for (const value of values) {
    expect(value).not.toMatch(/@|%40|[0-9a-f]{8}-[0-9a-f]{4}-|\?|example\.com/i);
  }
});

test('an example of a welcome leads to its trace', async ({ observed: { prometheus } }) => {
  const nowS = Math.floor(Date.now() / 1_000);
  const ask = `query_exemplars?query=sign_up_welcome_duration_seconds_bucket&start=${nowS - 600}&end=${nowS + 60}`;
  const found = (await prometheus.ask(ask)) as { exemplars: { labels: { trace_id: string } }[] }[];
  expect(found.flatMap(({ exemplars }) => exemplars)[0]?.labels.trace_id).toMatch(/^[0-9a-f]{32}$/);
});

test('500 URLs that nobody knows, and odd methods, make no series', async ({
  observed: { world, scrape },
}) => {
  const ask = (path: string, method = 'GET') =>
    fetch(`${world.apiUrl}${path}`, { method, headers: world.credentials }).then((response) =>
      response.text(),
    );
  const countSeries = async () =>
    (await scrape('api')).split('\n').filter((line) => line.startsWith('http_server_request')).length;
  await Promise.all([ask('/none'), ask('/none', 'PROPFIND'), ask(`/users/${crypto.randomUUID()}`)]);
  const before = await countSeries();
  const paths = Array.from({ length: 500 }, (_, number) =>
    number % 2 ? `/${crypto.randomUUID()}` : `/users/${crypto.randomUUID()}?email=a@example.com`,
  );
  await byFifties(paths, (path) => ask(path));
  for (const method of ['PROPFIND', 'MKCOL', 'LOCK', 'SEARCH']) await ask('/none', method);
  expect(await countSeries()).toBe(before);
  const byRoute = valuesOf(await scrape('api'), 'http_server_request_duration_seconds_count', 'http_route');
  expect(byRoute.none).toBeGreaterThan(0);
});

describe('the rules and the board', () => {
  // What an alert compares is there, whether or not it fires.
  const comparisons = rules.flatMap(({ alert, record, expr }) =>
    expr
      .split(/\s(?:and|or)\s(?=max|sign_ups:)/)
      .map((part) => part.replace(/^absent\((.*)\)$/, '$1').replace(/ (>|==) [\d.]+$/, ''))
      .map((part) => ({ title: alert ?? record ?? '', expr: part.trim() })),
  );
  const panels = board.panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr }) => ({ title, expr: inPrometheus(expr) })),
  );

  test.for([...comparisons, ...panels])('finds data: $title, $expr', async ({ expr }, { observed }) => {
    await expect.poll(() => query(observed.prometheus, expr)).not.toEqual([]);
  });
});

// The last one, since Redis does not come back.
test('a scrape does not wait for Redis: it says that Redis is away, and nothing about the queues', async ({
  observed: { redis, scrape },
}) => {
  await redis.freeze();
  await expect.poll(() => scrape('api')).toMatch(/^redis_available 0$/m);
  const frozen = await scrape('api');
  expect(frozen).not.toMatch(/^(queue_|sign_up_oldest|scaling_)/m);
  expect(frozen).toMatch(/^sign_ups_accepted_total\{/m);
  await redis.kill();
  await expect.poll(() => scrape('worker')).toMatch(/^redis_available 0$/m);
});
