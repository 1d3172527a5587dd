import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createLogger, type Logger } from '@backend-jobs/runtime';
import { expect, onTestFinished, test, vi } from 'vitest';
import { openTracing, type Tracing } from '../src/index.ts';

const untrusted = { isTrusted: false };
const response = { method: 'GET', route: '/x', statusCode: 200 };

const loggerWith = (warn: Logger['warn']): Logger =>
  Object.assign(createLogger({ process: 'test', level: 'silent', production: true }), { warn });

const open = async (sampledShare: number, endpoint = 'http://127.0.0.1:1', warn = vi.fn()) => {
  const settings = { endpoint, sampledShare };
  return (await openTracing(settings, { service: 'test', logger: loggerWith(warn) })) as Tracing;
};

test('nothing is traced without an endpoint', async () => {
  expect(await openTracing(undefined, { service: 'test', logger: loggerWith(vi.fn()) })).toBeUndefined();
});

/** A collector that does with each request what it is told. */
const startCollector = async (listener: RequestListener): Promise<string> => {
  const server = createServer(listener);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

test('a collector that refuses spans is reported, without what was in them', async () => {
  const warn = vi.fn();
  const tracing = await open(
    1,
    await startCollector((_request, response) => response.writeHead(400).end()),
    warn,
  );
  tracing.startRequest(undefined, untrusted)?.end(response);
  await tracing.close();
  expect(warn.mock.calls).toEqual([[expect.stringMatching(/^traces could not be sent: see OTEL_/)]]);
});

test('a collector that does not answer does not hold up the end of the process', async () => {
  const tracing = await open(1, await startCollector(() => {}));
  tracing.startRequest(undefined, untrusted)?.end(response);
  const startedAtMs = performance.now();
  await tracing.close();
  expect(performance.now() - startedAtMs).toBeLessThan(5_000);
});

test('the share of requests that is traced is the one that was asked for', async () => {
  const tracing = await open(0.25);
  const sampled = Array.from({ length: 4_000 }, () => tracing.startRequest(undefined, untrusted)).filter(
    Boolean,
  );
  expect(sampled.length / 4_000).toBeCloseTo(0.25, 1);
});

test('a traceparent that is none is ignored', async () => {
  const tracing = await open(0);
  for (const wrong of ['', 'x', `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`, 'ff-1-2-01'])
    expect(tracing.startRequest(wrong, { isTrusted: true })).toBeUndefined();
  const right = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
  expect(tracing.startRequest(right, { isTrusted: true })).toBeDefined();
});

test('a line of the log has the trace of its request, and none beside it', async () => {
  const tracing = await open(1);
  const span = tracing.startRequest(undefined, untrusted);
  let inside: object | undefined;
  span?.enter(() => {
    inside = tracing.facts();
  });
  expect(inside).toEqual({ traceId: expect.stringMatching(/^[0-9a-f]{32}$/) });
  expect(tracing.facts()).toEqual({});
});
