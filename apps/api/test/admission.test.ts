import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { startTestRedis } from '@backend-jobs/local-services';
import { Redis } from 'ioredis';
import { describe, expect, onTestFinished } from 'vitest';
import { createUser, post, type TestApi, test } from './support/test-api.ts';

const signUpLimit = { max: 5, durationMs: 60_000 };
const statuses = (responses: { statusCode: number }[]) => responses.map(({ statusCode }) => statusCode);
const ada = (email: string) => ({ name: 'Ada', email });

/** Sends the head of a request on a socket of its own, and its body when asked to. */
const openRequest = async ({ app }: TestApi, body: string) => {
  if (!app.server.listening) await app.listen({ host: '127.0.0.1', port: 0 });
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  const head = ['POST /users HTTP/1.1', 'Host: x', 'Content-Type: application/json'];
  socket.write([...head, `Content-Length: ${body.length}`, '', ''].join('\r\n'));
  return {
    socket,
    sendBody: async (): Promise<string> => {
      socket.write(body);
      const [answer] = await once(socket, 'data');
      return String(answer).slice(0, 'HTTP/1.1 202'.length);
    },
  };
};

/** How many requests the caller has made, as Redis has it. */
const countOf = async ({ connection, shards }: TestApi): Promise<number> => {
  const [key = ''] = await connection.keys(`${shards.first.keyPrefix}:limit:*sign-up-*`);
  return Number(await connection.get(key));
};

describe('of requests that arrive at once', () => {
  test('as many are let in as the limit has left, and the others are 429', async ({ openApi, redis }) => {
    const api = await openApi({ signUpLimit, keyPrefix: `${redis.prefix}:at-once` });
    const all = await Promise.all(
      Array.from({ length: 9 }, (_, index) => post(api, ada(`at-once.${index}@example.com`))),
    );
    expect(statuses(all).sort()).toEqual([...Array(5).fill(202), ...Array(4).fill(429)]);
    const left = all.map(({ headers }) => headers['ratelimit-remaining']);
    expect(left.sort()).toEqual(['0', '0', '0', '0', '0', '1', '2', '3', '4']);
    expect(await api.queues.users.getWaitingCount()).toBe(5);
  });

  test('those under one key are one sign-up, and those for one address wait for the worker', async ({
    openApi,
    redis,
  }) => {
    const api = await openApi({ keyPrefix: `${redis.prefix}:one-key` });
    const headers = { 'idempotency-key': 'at-once' };
    const keyed = await Promise.all(
      Array.from({ length: 5 }, () => post(api, ada('one@example.com'), headers)),
    );
    expect(statuses(keyed)).toEqual(Array(5).fill(202));
    expect(new Set(keyed.map(({ body }) => body)).size).toBe(1);
    const twins = await Promise.all([post(api, ada('two@example.com')), post(api, ada('two@example.com'))]);
    expect(statuses(twins)).toEqual([202, 202]);
    expect(await api.queues.users.getWaitingCount()).toBe(3);
  });

  test('one that is wrong spoils no other, and all are counted', async ({ openApi, redis }) => {
    const api = await openApi({ signUpLimit, keyPrefix: `${redis.prefix}:wrong` });
    await createUser(api, 'taken@example.com');
    const bodies = [ada('right@example.com'), ada('taken@example.com'), ada('no address'), '{"name":'];
    expect(statuses(await Promise.all(bodies.map((body) => post(api, body))))).toEqual([202, 409, 400, 400]);
    expect(await countOf(api)).toBe(5);
    // Whoever is over the limit learns that, and nothing else.
    expect(statuses(await Promise.all(bodies.map((body) => post(api, body))))).toEqual([429, 429, 429, 429]);
    const wrongType = await post(api, 'name=Ada', { 'content-type': 'text/plain' });
    expect(wrongType.statusCode).toBe(429);
    expect(Number(wrongType.headers['retry-after'])).toBeGreaterThan(30);
  });
});

describe('a body', () => {
  test('that comes late is signed up, or is one too many', async ({ openApi, redis }) => {
    const api = await openApi({ signUpLimit, keyPrefix: `${redis.prefix}:late` });
    const late = await Promise.all(
      Array.from({ length: 6 }, (_, index) =>
        openRequest(api, JSON.stringify(ada(`late.${index}@example.com`))),
      ),
    );
    await expect.poll(() => countOf(api)).toBe(6);
    const answers = [];
    for (const { sendBody } of late) answers.push(await sendBody());
    expect(answers.sort()).toEqual([...Array(5).fill('HTTP/1.1 202'), 'HTTP/1.1 429']);
    expect(await api.queues.users.getWaitingCount()).toBe(5);
  });

  test('that never comes is counted, and leaves nothing else', async ({ openApi, redis }) => {
    const api = await openApi({
      signUpLimit: { max: 1, durationMs: 60_000 },
      keyPrefix: `${redis.prefix}:never`,
    });
    const silent = await Promise.all([openRequest(api, '{}'), openRequest(api, '{}')]);
    await expect.poll(() => countOf(api)).toBe(2);
    for (const { socket } of silent) socket.destroy();
    const connections = () =>
      new Promise((resolve) => api.app.server.getConnections((_, count) => resolve(count)));
    await expect.poll(connections).toBe(0);
    expect(await api.queues.users.getWaitingCount()).toBe(0);
  });
});

describe('when Redis', () => {
  test('refuses the job of a sign-up that it has just counted, that is a 503, which can be sent again', async ({
    openApi,
  }) => {
    const redis = await startTestRedis();
    onTestFinished(() => redis.stop());
    const operator = new Redis(redis.url);
    onTestFinished(() => operator.disconnect());
    const api = await openApi({ redisUrl: redis.serviceUrl, keyPrefix: '{x}', signUpLimit });
    const headers = { 'idempotency-key': 'again' };
    const send = () =>
      Promise.all([post(api, ada('ada@example.com'), headers), post(api, ada('bob@example.com'))]);
    // All keys but those of the users' queue.
    await operator.call('ACL', 'SETUSER', 'default', 'resetkeys', '~{x}:[^u]*');
    expect(statuses(await send())).toEqual([503, 503]);
    expect(await countOf(api)).toBe(2);
    await operator.call('ACL', 'SETUSER', 'default', 'allkeys');
    expect(statuses(await send())).toEqual([202, 202]);
    expect(await api.queues.users.getWaitingCount()).toBe(2);
  });

  test('has lost its scripts, they are sent again', async ({ openApi }) => {
    const redis = await startTestRedis(); // of its own: others would lose theirs
    onTestFinished(() => redis.stop());
    const api = await openApi({ redisUrl: redis.serviceUrl, keyPrefix: '{x}', signUpLimit });
    expect((await post(api, ada('before@example.com'))).statusCode).toBe(202);
    await api.connection.script('FLUSH');
    const emails = ['one@example.com', 'two@example.com'];
    expect(statuses(await Promise.all(emails.map((email) => post(api, ada(email)))))).toEqual([202, 202]);
  });
});
