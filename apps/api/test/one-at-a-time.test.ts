import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { expect, onTestFinished } from 'vitest';
import { test } from './support/test-api.ts';

const getDescription = 'GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n';

test('of a client who does not read, requests are no longer read either, once a response is stuck', async ({
  openApi,
}) => {
  const { app } = await openApi();
  await app.listen({ host: '127.0.0.1', port: 0 });
  const connected = once(app.server, 'connection') as Promise<[Socket]>;
  const client = connect((app.server.address() as AddressInfo).port, '127.0.0.1').on('error', () => {});
  onTestFinished(() => void client.destroy());
  const [socket] = await connected;
  client.pause().write(getDescription.repeat(20_000));

  // The system takes megabytes of responses before one gets stuck.
  let before = 0;
  const isStuck = () => {
    const isSame = socket.bytesWritten > 0 && socket.bytesWritten === before;
    before = socket.bytesWritten;
    return isSame || socket.destroyed;
  };
  await expect.poll(isStuck, { interval: 300 }).toBe(true);
  expect(socket.destroyed).toBe(false);
  expect(socket.bytesRead).toBeLessThan(256 * 1024);
});
