import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { AnswerReader } from '../src/load/answer-reader.ts';
import type { LoadOrder } from '../src/load/load.ts';
import { putLoad } from '../src/load/put-load.ts';

const answer = (head: string, body: string) => `HTTP/1.1 202 Accepted\r\n${head}\r\n\r\n${body}`;

test('an answer is read once, wherever the network cuts it', () => {
  const text = answer('Content-Type: text/plain\r\nContent-Length: 5', '\r\n\r\n!');
  for (let cut = 1; cut < text.length; cut++) {
    const reader = new AnswerReader();
    expect(reader.receive(text.slice(0, cut)), `cut at ${cut}`).toBeUndefined();
    expect(reader.receive(text.slice(cut))).toEqual({ status: 202, isLast: false, text });
    expect(reader.receive(text)).toMatchObject({ status: 202 });
  }
});

test('an answer says that the connection closes after it', () => {
  expect(new AnswerReader().receive(answer('content-length: 0\r\nconnection: close', ''))).toMatchObject({
    isLast: true,
  });
});

test.each([
  ['does not say how long it is', answer('transfer-encoding: chunked', '0\r\n\r\n')],
  ['is longer than it says', answer('content-length: 1', '{}')],
])('an answer that %s is refused', (_, text) => {
  expect(() => new AnswerReader().receive(text)).toThrow('not as long as it says');
});

/** Has so many sign up at a server of this test. */
const load = async (listener: RequestListener, order: Pick<LoadOrder, 'connections' | 'until'>) => {
  const server = createServer(listener);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  await using opened = new AsyncDisposableStack();
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return await putLoad({ url, tag: 'test', ignoreFirstMs: 0, ...order }, opened);
};

/** Accepts people, and closes each connection after `perConnection` of them. */
const acceptor = (perConnection = Number.POSITIVE_INFINITY) => {
  const heard = { emails: [] as string[], connections: new Map<unknown, number>() };
  const listener: RequestListener = async (request, response) => {
    const { email } = (await json(request)) as { email: string };
    heard.emails.push(email);
    const nth = (heard.connections.get(request.socket) ?? 0) + 1;
    heard.connections.set(request.socket, nth);
    const body = '{"status":"queued"}';
    response.writeHead(202, {
      'content-length': body.length,
      ...(nth >= perConnection && { connection: 'close' }),
    });
    response.end(body);
  };
  return { heard, listener };
};

test('as many sign up as were ordered, each with an address of its own', async () => {
  const { heard, listener } = acceptor();
  // None is answered before all are there: three could do the work of a fourth that connects late.
  const clients = new Set<unknown>();
  const areThere = Promise.withResolvers<void>();
  const waiting: RequestListener = async (request, response) => {
    if (clients.add(request.socket).size === 4) areThere.resolve();
    await areThere.promise;
    listener(request, response);
  };
  const result = await load(waiting, { connections: 4, until: { requests: 203 } });
  expect(result.accepted).toBe(203);
  expect(new Set(heard.emails).size).toBe(203);
  expect(heard.emails).toHaveLength(203);
  expect(heard.connections.size).toBe(4);
  expect(result.processorUs).toBeGreaterThan(0);
});

test('those whose connection the server closes go on with another one', async () => {
  const { heard, listener } = acceptor(10);
  await load(listener, { connections: 2, until: { requests: 100 } });
  expect(heard.emails).toHaveLength(100);
  expect(heard.connections.size).toBeGreaterThanOrEqual(10);
});

test('after the time that was ordered, each waits for its last answer', async () => {
  const { heard, listener } = acceptor();
  const { accepted } = await load(listener, { connections: 3, until: { seconds: 0.2 } });
  expect(accepted).toBe(heard.emails.length);
});

test('an answer that is not 202 fails at once, and is shown', async () => {
  const listener: RequestListener = (_, response) =>
    response.writeHead(429, { 'content-length': 9 }).end('slow down');
  await expect(load(listener, { connections: 2, until: { seconds: 600 } })).rejects.toThrow(
    /It was answered: HTTP.1.1 429 Too Many Requests.*slow down/s,
  );
});

test('a server that hangs up fails at once', async () => {
  const listener: RequestListener = ({ socket }) => socket.destroy();
  await expect(load(listener, { connections: 2, until: { seconds: 600 } })).rejects.toThrow(
    /closed before its answer|ECONNRESET/,
  );
});
