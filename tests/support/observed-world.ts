import {
  findPrometheus,
  freePort,
  type Prometheus,
  type PrometheusPrograms,
  startPrometheus,
  startSmtpServer,
  startTestRedis,
  type TestRedisServer,
} from '@backend-jobs/local-services';
import { expect } from 'vitest';
import { observed } from './observe-files.ts';
import { startOtlpSink } from './otlp-sink.ts';
import { World } from './world.ts';

export const prometheusPart = {
  name: 'Prometheus',
  tests: 'metrics, alerts and the board in a real Prometheus',
  find: findPrometheus,
};

export interface ObservedWorld {
  world: World;
  redis: TestRedisServer;
  prometheus: Prometheus;
  /** What the metrics port of one process says. */
  scrape(app: 'api' | 'worker'): Promise<string>;
}

/**
 * An API and a worker whose metrics a real Prometheus scrapes every second, with the rules of `observe/`. All requests
 * are traced, so that there are examples.
 */
export const openObservedWorld = async (
  opened: AsyncDisposableStack,
  programs: PrometheusPrograms,
  env: Record<string, string>,
): Promise<ObservedWorld> => {
  const redis = await startTestRedis();
  opened.defer(() => redis.stop());
  const [smtp, sink] = await Promise.all([startSmtpServer(), startOtlpSink()]);
  opened.defer(async () => void (await Promise.all([smtp.stop(), sink.stop()])));
  const ports = { api: await freePort(), worker: await freePort() };
  const prometheus = await startPrometheus({ programs, config: observed(ports) });
  opened.defer(() => prometheus.stop());
  const world = new World(
    {
      NODE_ENV: 'test',
      REDIS_URL: redis.serviceUrl,
      SMTP_URL: smtp.url,
      SHUTDOWN_TIMEOUT: '500ms', // at the end Redis is away
      DRAIN_DELAY: '0s',
      RATE_LIMIT: 'off',
      OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
      OTEL_TRACES_SAMPLER_ARG: '1',
      ...env,
    },
    smtp,
    redis.url,
  );
  opened.defer(() => world.stop());
  await Promise.all([
    world.startApi({ env: { METRICS_PORT: String(ports.api) } }),
    world.startWorker({ METRICS_PORT: String(ports.worker) }),
  ]);
  // Counts that begin with the first scrape would have no increase.
  await expect
    .poll(() => prometheus.ask('query?query=sum(up)'))
    .toMatchObject({ result: [{ value: [{}, '2'] }] });
  const scrape = async (app: 'api' | 'worker') =>
    (await fetch(`http://127.0.0.1:${ports[app]}/metrics`, { signal: AbortSignal.timeout(10_000) })).text();
  return { world, redis, prometheus, scrape };
};

/** The values of one metric by the value of one label, in the text of a scrape. */
export const valuesOf = (text: string, name: string, label: string): Record<string, number> => {
  const line = new RegExp(`^${name}\\{[^}]*\\b${label}="([^"]*)"[^}]*\\} (\\S+)`, 'gm');
  return Object.fromEntries([...text.matchAll(line)].map(([, key, value]) => [key, Number(value)]));
};
