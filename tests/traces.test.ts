import { setTimeout as sleep } from 'node:timers/promises';
import { openTestRedis } from '@backend-jobs/local-services';
import { Redis } from 'ioredis';
import { test as base, describe, expect } from 'vitest';
import { apiKeysEnv } from './support/api-key.ts';
import { leaveEarly } from './support/leave-early.ts';
import { type OtlpSink, type SinkSpan, startOtlpSink } from './support/otlp-sink.ts';
import { openWorld, type SignUp, type World } from './support/world.ts';

const stranger = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' };
const traceparent = `00-${stranger.traceId}-${stranger.spanId}-01`;

const post = async (world: World, apiUrl: string, email: string, headers = { traceparent }) => {
  const response = await world.post({ name: 'Canary Person', email }, headers, apiUrl);
  return ((await response.json()) as SignUp).id;
};

/** The first half of the body arrives some time before the second one. */
const postSlowly = async (world: World, email: string): Promise<string> => {
  const text = JSON.stringify({ name: 'Canary Person', email });
  const body = new ReadableStream({
    start: async (controller) => {
      controller.enqueue(Buffer.from(text.slice(0, 10)));
      await sleep(100);
      controller.enqueue(Buffer.from(text.slice(10)));
      controller.close();
    },
  });
  const headers = { 'content-type': 'application/json', traceparent, ...world.credentials };
  const options = { method: 'POST', headers, body, duplex: 'half' } as RequestInit;
  return ((await (await fetch(`${world.apiUrl}/users`, options)).json()) as SignUp).id;
};

const mailIsSent = (world: World, id: string) =>
  expect.poll(() => world.find(id)).toMatchObject({ welcomeEmail: { status: 'sent' } });

/**
 * One run of a service: an API that samples all requests, one that samples none, and one that samples none but trusts
 * its clients. The first welcome is deferred once. In between the reconciler runs again and again.
 */
const run = async (opened: AsyncDisposableStack) => {
  const sink = await startOtlpSink();
  opened.defer(() => sink.stop());
  const redis = await openTestRedis();
  opened.defer(() => redis.stop());
  const sampled = (share: string) => ({ OTEL_TRACES_SAMPLER_ARG: share });
  const world = await openWorld(opened, redis, {
    OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
    RECONCILE_INTERVAL: '300ms',
    SIGN_UP_PAGE: 'on',
    ...sampled('1'),
    ...apiKeysEnv,
  });
  const unsampled = await world.startApi({ env: sampled('0') });
  const trusting = await world.startApi({ env: { ...sampled('0'), TRUST_TRACEPARENT: 'on' } });
  let isDeferred = false;
  world.smtp.script = {
    onRcptTo: (address) => {
      if (isDeferred) return undefined;
      isDeferred = true;
      return { code: 450, message: `4.2.0 <${address}> come later` };
    },
  };

  const id = await postSlowly(world, 'canary@example.com');
  const promote = () => world.operate('PUT', `/queues/emails/welcome-${id}/promote`);
  await expect.poll(async () => (await promote()).ok).toBe(true);
  await mailIsSent(world, id);
  await expect.poll(() => world.job('users', id)).toMatchObject({ returnValue: { outcome: 'created' } });
  await fetch(`${world.apiUrl}/users?email=canary@example.com`, { headers: world.credentials });
  await leaveEarly(world.apiUrl);
  const unsampledId = await post(world, unsampled.url, 'canary.unsampled@example.com');
  await mailIsSent(world, unsampledId);
  await mailIsSent(world, await post(world, trusting.url, 'canary.trusted@example.com'));
  await mailIsSent(world, await post(world, trusting.url, 'canary.alone@example.com', {} as never));
  const reconciliations = () => world.log.match(/"job":"reconcile-sign-ups"/g)?.length ?? 0;
  await expect.poll(reconciliations).toBeGreaterThan(3);
  const connection = new Redis(redis.url);
  const unsampledJob = await connection.hgetall(`${redis.prefix}:users:${unsampledId}`);
  connection.disconnect();
  await world.stop();
  return { log: world.log, sink, unsampledJob };
};

// biome-ignore lint/correctness/noEmptyPattern: vitest requires this pattern of a fixture that uses no other
const test = base.extend('traced', { scope: 'file' }, async ({}, { onCleanup }) => {
  const opened = new AsyncDisposableStack();
  onCleanup(() => opened.disposeAsync());
  return run(opened);
});

/** Each span as its path from the root, by names. */
const pathsOf = (spans: SinkSpan[]): string[] => {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const pathOf = (span: SinkSpan): string => {
    const parent = span.parentSpanId === undefined ? undefined : byId.get(span.parentSpanId);
    return parent ? `${pathOf(parent)} > ${span.name}` : span.name;
  };
  return spans.map(pathOf).sort();
};

/** The spans of the sign-up whose welcome was deferred: its API alone begins traces. */
const spansOfSignUp = ({ spans }: OtlpSink): SinkSpan[] => {
  const roots = spans.filter(({ name, parentSpanId }) => name === 'POST /users' && !parentSpanId);
  expect(roots).toHaveLength(1);
  return spans.filter(({ traceId }) => traceId === roots[0]?.traceId);
};

describe('a sign-up whose welcome is deferred once', () => {
  test("is one trace, from the request to the email's second attempt", ({ traced }) => {
    const added = 'POST /users > add users';
    const mail = `${added} > process users > add emails > process emails`;
    const spans = spansOfSignUp(traced.sink);
    expect(pathsOf(spans)).toEqual(
      [
        'POST /users',
        added,
        `${added} > process users`, // it is completed with the email that was sent
        `${added} > process users > add emails`,
        mail,
        mail,
        `${mail} > SMTP send`,
        `${mail} > SMTP send`,
      ].sort(),
    );
    const services = new Set(spans.map(({ service }) => service));
    expect(services).toEqual(new Set(['backend-jobs-api', 'backend-jobs-worker']));
  });

  test('has one error, which is that of the run that will be tried again', ({ traced }) => {
    const spans = spansOfSignUp(traced.sink);
    expect(spans.filter(({ isError }) => isError).map(({ name }) => name)).toEqual(['process emails']);
    const dialogues = spans.filter(({ name }) => name === 'SMTP send');
    expect(dialogues.map(({ attributes }) => attributes['mail.result']).sort()).toEqual([
      'deferred',
      'taken',
    ]);
  });

  test('links to the trace of its client, and follows nothing that it says', ({ traced }) => {
    expect(spansOfSignUp(traced.sink).find(({ name }) => name === 'POST /users')).toMatchObject({
      links: [stranger],
      attributes: { 'http.route': '/users', 'http.response.status_code': 202 },
    });
  });

  test('is found in the log by the id of its trace', ({ traced }) => {
    const { traceId } = spansOfSignUp(traced.sink)[0] as SinkSpan;
    const lines = traced.log.split('\n').filter((line) => line.includes(`"traceId":"${traceId}"`));
    expect(lines.map((line) => JSON.parse(line).msg).sort()).toEqual([
      'connected to the mail server',
      'job completed',
      'job completed',
      'job will be tried again',
      'request completed',
    ]);
  });
});

test('a request whose client has left is a span, too', ({ traced }) => {
  expect(traced.sink.spans.map(({ name }) => name)).toContain('POST /');
});

test('no span holds anything of a person', ({ traced }) => {
  expect(traced.sink.spans.map(({ name }) => name)).toContain('GET /users');
  expect(traced.sink.received()).not.toMatch(/canary/i);
});

test('nothing but requests begins a trace: not the search for work, nor for sign-ups that hang', ({
  traced,
}) => {
  const { spans } = traced.sink;
  const known = new Set(spans.map(({ spanId }) => spanId));
  const begin = spans.filter(({ parentSpanId }) => parentSpanId === undefined || !known.has(parentSpanId));
  for (const { attributes } of begin) expect(attributes).toHaveProperty('http.request.method');
  // Those of the dashboard, which the test uses, are requests too.
  expect(begin.filter(({ service }) => service !== 'backend-jobs-api')).toEqual([]);
});

describe("a stranger's traceparent that is sampled", () => {
  test('makes no trace, and leaves nothing on the jobs', ({ traced }) => {
    expect(traced.unsampledJob).toHaveProperty('data');
    expect(traced.unsampledJob).not.toHaveProperty('tm');
    expect(JSON.stringify(traced.unsampledJob)).not.toContain(stranger.traceId);
    // Of four sign-ups, one was sampled here, and one by a client that is trusted.
    expect(traced.sink.spans.filter(({ name }) => name === 'POST /users')).toHaveLength(2);
  });

  test('is continued where it is trusted, up to the mail server', ({ traced }) => {
    const spans = traced.sink.spans.filter(({ traceId }) => traceId === stranger.traceId);
    expect(spans.find(({ name }) => name === 'POST /users')).toMatchObject({
      parentSpanId: stranger.spanId,
      links: [],
    });
    expect(spans.map(({ name }) => name)).toContain('SMTP send');
  });
});
