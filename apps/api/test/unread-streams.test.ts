import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { createBoundedServer, markAsStream } from '../src/connections/create-server.ts';

const responseTimeoutMs = 500;

/** A client of a server whose only response is what `write` makes of it. */
const openClient = async (write: (response: ServerResponse) => void): Promise<Socket> => {
  const limits = {
    responseTimeoutMs,
    maxConnections: 10,
    maxConnectionsPerAddress: 10,
    maxRequestsPerConnection: 10,
    maxUnsentBytes: 1024 ** 3,
  };
  const handle = (_request: unknown, response: ServerResponse) => {
    response.writeHead(200);
    markAsStream(response.socket);
    write(response);
  };
  const options = { http: {}, limits, isProxy: () => false, logger: pino({ level: 'silent' }) };
  const server = createBoundedServer(handle, options).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  onTestFinished(() => {
    socket.destroy();
    server.closeAllConnections();
    server.close();
  });
  socket.on('error', () => {}); // it is reset
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  return socket;
};

test('a stream that its client reads stays open, however long it goes on', async () => {
  let parts = 0;
  const socket = await openClient((response) => {
    // Each part takes a while to go out, and is seen on its way.
    const timer = setInterval(() => {
      if (response.socket?.writableCorked) response.socket.uncork();
      else {
        response.socket?.cork();
        response.write('part ');
      }
    }, responseTimeoutMs / 2);
    response.once('close', () => clearInterval(timer));
  });
  socket.on('data', () => {
    parts += 1;
  });
  await expect.poll(() => parts).toBeGreaterThan(2);
  expect(socket.destroyed).toBe(false);
});

test('a stream that its client does not read is cut off', async () => {
  const socket = await openClient((response) => {
    response.write('x'.repeat(20_000_000)); // more than the system takes
  });
  const isClosed = new Promise((resolve) => socket.once('close', resolve));
  await once(socket, 'readable'); // it is not taken from the socket
  const writing = setInterval(() => socket.write('\r\n'), 100); // notices the reset
  await isClosed;
  clearInterval(writing);
});

test('a client who sends something behind the request of its stream is seen to leave', async () => {
  const closed = Promise.withResolvers<void>();
  const socket = await openClient((response) => {
    response.once('close', closed.resolve);
    response.write('part ');
  });
  await once(socket, 'data');
  socket.end(Buffer.alloc(10_000));
  await closed.promise;
});

test('a client who sends without end behind the request of its stream is cut off', async () => {
  const socket = await openClient((response) => {
    response.write('part ');
  });
  await once(socket, 'data');
  const isClosed = new Promise((resolve) => socket.once('close', resolve));
  socket.write(Buffer.alloc(50_000_000));
  await isClosed;
});
