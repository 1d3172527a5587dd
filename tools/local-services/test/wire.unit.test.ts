import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { startWire, type Wire } from '../src/index.ts';

/** Opens a wire to a server that handles each connection with `serve`. By default it sends back what it receives. */
const startForTest = async (serve = (socket: Socket): unknown => socket.pipe(socket)): Promise<Wire> => {
  const server = createServer((socket) => serve(socket.on('error', () => {}))).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port');
  const wire = await startWire(address.port);
  onTestFinished(async () => {
    await wire.stop();
    server.close();
  });
  return wire;
};

const open = async (wire: Wire): Promise<{ socket: Socket; heard: () => string }> => {
  const socket = connect(wire.port, '127.0.0.1').setEncoding('latin1').setNoDelay();
  onTestFinished(() => void socket.destroy());
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk;
  });
  await once(socket, 'connect');
  return { socket: socket.on('error', () => {}), heard: () => text };
};

test('a halted wire keeps its connections open and silent; restored, it lets only new ones work', async () => {
  const wire = await startForTest();
  const old = await open(wire);
  wire.halt();
  old.socket.write('lost');
  const meanwhile = await open(wire);
  meanwhile.socket.write('lost, too');
  await sleep(100); // no event says that the data were dropped
  wire.restore();
  const fresh = await open(wire);
  fresh.socket.write('hello');
  old.socket.write('again');
  await expect.poll(fresh.heard).toBe('hello');
  expect([old.heard(), meanwhile.heard()]).toEqual(['', '']);
  expect(old.socket.destroyed).toBe(false);
});

test('replies arrive byte by byte and in order, and the rest of them immediately when the pace ends', async () => {
  const wire = await startForTest();
  wire.replyPaceMs = 50;
  const { socket, heard } = await open(wire);
  const startedAtMs = performance.now();
  socket.write('abc');
  socket.write('defghijklmnopqrstuvwxyz');
  await expect.poll(() => heard().length, { interval: 5 }).toBeGreaterThanOrEqual(3);
  expect(performance.now() - startedAtMs).toBeGreaterThanOrEqual(145);
  expect(heard().length).toBeLessThan(10);
  wire.replyPaceMs = 0;
  await expect.poll(heard).toBe('abcdefghijklmnopqrstuvwxyz');
  socket.write('!');
  await expect.poll(heard).toBe('abcdefghijklmnopqrstuvwxyz!');
});

test('a slow reply arrives completely, although the server has closed the connection', async () => {
  const wire = await startForTest((socket) => socket.end('goodbye'));
  wire.replyPaceMs = 10;
  const { socket, heard } = await open(wire);
  await once(socket, 'close');
  expect(heard()).toBe('goodbye');
});

test('a stopped wire drops its connections and refuses new ones; it comes back on its port', async () => {
  const wire = await startForTest();
  const { port } = wire;
  const { socket } = await open(wire);
  const dropped = once(socket, 'close');
  await wire.stop();
  await dropped;
  await expect(open(wire)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  await wire.restart();
  expect(wire.port).toBe(port);
  const fresh = await open(wire);
  fresh.socket.write('hello');
  await expect.poll(fresh.heard).toBe('hello');
});
