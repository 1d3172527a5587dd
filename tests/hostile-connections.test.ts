import { once } from 'node:events';
import { connect } from 'node:net';
import { processorMs } from '@backend-jobs/local-services';
import { expect } from 'vitest';
import { isServed, sendRaw } from './support/raw-http.ts';
import { test } from './support/world.ts';

const lastLivez = 'GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
const megabytes = 8;

test('a body that looks like the ends of requests costs little more than another', async ({
  world,
  skip,
}) => {
  skip(process.platform !== 'linux', 'the processor time of a process is read from /proc');
  const { pid } = world.apis[0] as { pid: number };
  const costOf = async (text: string): Promise<number> => {
    const body = text.repeat((megabytes * 1024 * 1024) / text.length);
    const beforeMs = await processorMs(pid);
    const request = `GET /livez HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    expect(await sendRaw(world.apiUrl, request + lastLivez)).toEqual([200, 200]);
    return (await processorMs(pid)) - beforeMs;
  };
  await costOf('aaaa');
  const [ordinary, hostile] = [await costOf('aaaa'), await costOf('\r\n\r\n')];
  expect(hostile).toBeLessThan(5 * Math.max(ordinary, 100));
});

test('a client who sends nothing, and stays when it is told that this took too long, holds no connection', async ({
  world,
}) => {
  const { url } = await world.startApi({
    env: { HEADERS_TIMEOUT: '1s', REQUEST_TIMEOUT: '2s', MAX_CONNECTIONS_PER_ADDRESS: '1' },
  });
  const client = { port: Number(new URL(url).port), host: '127.0.0.1', localAddress: '127.0.0.2' };
  const socket = connect({ ...client, allowHalfOpen: true });
  const [answer] = await once(socket, 'data');
  expect(String(answer)).toContain('408 Request Timeout');
  await expect.poll(() => isServed(url, '127.0.0.2')).toBe(true);
  socket.destroy();
});
