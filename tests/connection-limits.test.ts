import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { expect } from 'vitest';
import { getYaml } from './support/crowd.ts';
import { exchangeRaw, isAnswered, isServed, openSocket, sendRaw, untilClosed } from './support/raw-http.ts';
import { test } from './support/world.ts';

const getLivez = 'GET /livez HTTP/1.1\r\nHost: x\r\n\r\n';
const lastLivez = 'GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';

test('20,000 requests sent at once on one connection are answered one after the other', async ({ world }) => {
  const { url } = await world.startApi({ env: { MAX_REQUESTS_PER_CONNECTION: '30000' } });
  expect(await sendRaw(url, getLivez.repeat(20_000) + lastLivez)).toEqual(Array(20_001).fill(200));
});

test('requests sent at once are answered in their order, though the first one takes longest', async ({
  world,
}) => {
  const slow = 'GET /users/019bfa3e-6b1e-7c3a-9d55-2f1b6a9c4e10 HTTP/1.1\r\nHost: x\r\n\r\n';
  const body = '{"name":"Ada","email":"in.order@example.com"}';
  const post = `POST /users HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  expect(await sendRaw(world.apiUrl, slow + post + getLivez + slow + lastLivez)).toEqual([
    404, 202, 200, 404, 200,
  ]);
});

test('requests whose bytes arrive one by one are answered as if they had come at once', async ({ world }) => {
  const socket = await openSocket(world.apiUrl);
  let answer = '';
  socket.setNoDelay().on('data', (chunk) => {
    answer += chunk;
  });
  for (const byte of getLivez + lastLivez) {
    socket.write(byte);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await untilClosed(socket);
  expect(answer.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(2);
});

test('a connection is closed after as many requests as it may carry', async ({ world }) => {
  const { url } = await world.startApi({ env: { MAX_REQUESTS_PER_CONNECTION: '3' } });
  const answer = await exchangeRaw(url, getLivez.repeat(5));
  expect(answer.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(3);
  expect(answer.match(/^connection: close/gim)).toHaveLength(1);
});

test('one address may open so many connections and no more, and others are still served', async ({
  world,
}) => {
  const { url } = await world.startApi({ env: { MAX_CONNECTIONS_PER_ADDRESS: '3' } });
  const open = () => openSocket(url, '127.0.0.2');
  const sockets = [await open(), await open(), await open()];
  for (const socket of sockets) expect(await isAnswered(socket)).toBe(true);
  expect(await isServed(url, '127.0.0.2')).toBe(false);
  expect(await isAnswered(await openSocket(url, '127.0.0.3'))).toBe(true);
  sockets[0]?.destroy();
  await expect.poll(() => isServed(url, '127.0.0.2')).toBe(true);
});

test('a proxy may open more connections than one address, since they are those of many clients', async ({
  world,
}) => {
  const { url } = await world.startApi({
    env: { MAX_CONNECTIONS_PER_ADDRESS: '1', TRUST_PROXY: '127.0.0.2' },
  });
  const open = () => openSocket(url, '127.0.0.2');
  for (const socket of [await open(), await open(), await open()]) {
    expect(await isAnswered(socket)).toBe(true);
  }
});

test('all addresses together may open so many connections and no more', async ({ world }) => {
  const { url } = await world.startApi({ env: { MAX_CONNECTIONS: '5' } });
  const answers = await Promise.all(
    [2, 3, 4, 5, 6, 7, 8, 9].map((client) => isServed(url, `127.0.0.${client}`)),
  );
  expect(answers.filter(Boolean).length).toBeGreaterThanOrEqual(4); // the client that waited for it to be ready may be one
  expect(answers.filter(Boolean).length).toBeLessThanOrEqual(5);
});

/** How many bytes the system holds for a client (`tx_queue` of /proc/net/tcp). */
const heldBySystem = ({ localPort }: Socket): number => {
  const peer = `:${Number(localPort).toString(16).toUpperCase().padStart(4, '0')}`;
  const lines = readFileSync('/proc/net/tcp', 'utf8').split('\n');
  const fields = lines.map((line) => line.trim().split(/\s+/)).find((each) => each[2]?.endsWith(peer));
  return Number.parseInt(fields?.[4] ?? '0', 16);
};

/** Asks, and never reads; resolves when the server has given up. */
const untilCutOff = async (url: string, given?: Socket): Promise<void> => {
  const socket = given ?? (await openSocket(url));
  socket.pause().write(getYaml.repeat(900));
  const timer = setInterval(() => socket.write('\r\n'), 100);
  await untilClosed(socket);
  clearInterval(timer);
};

test('a client who does not receive its responses in time is cut off', async ({ world }) => {
  await untilCutOff((await world.startApi({ env: { RESPONSE_TIMEOUT: '1s' } })).url);
});

test('where unread responses take too much memory together, those that have waited longest are cut off', async ({
  world,
}) => {
  const { url } = await world.startApi({ env: { MAX_UNSENT_MB: '1', RESPONSE_TIMEOUT: '1h' } });
  const clients = Array.from({ length: 30 }, () => untilCutOff(url));
  await Promise.any(clients);
  expect(await sendRaw(url, lastLivez)).toEqual([200]);
});

test('clients who do not read do not keep the process from stopping', async ({ world }) => {
  const api = await world.startApi({ env: { RESPONSE_TIMEOUT: '1h', SHUTDOWN_TIMEOUT: '8s' } });
  const socket = await openSocket(api.url);
  const cutOff = untilCutOff(api.url, socket);
  // The system takes megabytes; only then does anything stay in the process.
  let before = 0;
  const isStuck = () => {
    const held = heldBySystem(socket);
    const isSame = held > 1_000_000 && held === before;
    before = held;
    return isSame;
  };
  await expect.poll(isStuck, { interval: 300, timeout: 20_000 }).toBe(true);
  await api.stop(20_000);
  await cutOff;
  expect(await api.exited).toBe(0);
});
