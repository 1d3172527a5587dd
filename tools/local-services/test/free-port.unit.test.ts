import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { freePort, isPortFree } from '../src/index.ts';

test('a port is free until a server listens on it, and again afterwards', async () => {
  const port = await freePort();
  expect(await isPortFree(port)).toBe(true);
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  expect(await isPortFree(port)).toBe(false);
  server.close();
  await once(server, 'close');
  expect(await isPortFree(port)).toBe(true);
});

test('no port is given out twice', async () => {
  const ports = new Set<number>();
  for (let taken = 1; taken <= 500; taken++) {
    ports.add(await freePort());
    expect(ports.size).toBe(taken);
  }
});
