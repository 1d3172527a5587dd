import { freePort } from '@backend-jobs/local-services';
import { expect, onTestFinished, test } from 'vitest';
import { type MetricsSource, startMetricsServer } from '../src/index.ts';

const source = { contentType: 'text/x-metrics', metrics: async () => 'up 1\n' };
const host = '127.0.0.1';

const start = async (given: MetricsSource = source) => {
  const port = await freePort();
  const server = await startMetricsServer({ host, port, sources: { '/metrics': given } });
  const ask = (path: string, method = 'GET') => fetch(`http://${host}:${port}${path}`, { method });
  return { port, server, ask };
};

test('serves the metrics with their type, and nothing else', async () => {
  const { server, ask } = await start();
  onTestFinished(() => server.close());
  const answer = await ask('/metrics');
  expect(answer.headers.get('content-type')).toBe('text/x-metrics');
  expect(await answer.text()).toBe('up 1\n');
  expect((await ask('/metrics?name=up')).status).toBe(200);
  for (const path of ['/', '/metrics/', '/users', '/livez']) expect((await ask(path)).status).toBe(404);
  expect((await ask('/metrics', 'POST')).status).toBe(405);
});

test('says nothing of an error but that there is one', async () => {
  const { server, ask } = await start({ ...source, metrics: () => Promise.reject(new Error('secret')) });
  onTestFinished(() => server.close());
  const answer = await ask('/metrics');
  expect([answer.status, await answer.text()]).toEqual([500, '']);
});

test('is unavailable while the metrics are not known', async () => {
  const { server, ask } = await start({ ...source, metrics: async () => undefined });
  onTestFinished(() => server.close());
  expect((await ask('/metrics')).status).toBe(503);
});

test('names the variable where the port is taken', async () => {
  const { port, server } = await start();
  onTestFinished(() => server.close());
  await expect(startMetricsServer({ host, port, sources: { '/metrics': source } })).rejects.toThrow(
    `METRICS_PORT: cannot listen on port ${port} of ${host}`,
  );
});

test('closes although a scraper keeps its connection open', async () => {
  const { server, ask } = await start();
  await (await ask('/metrics')).text();
  await server.close();
  await expect(ask('/metrics')).rejects.toThrow();
});
