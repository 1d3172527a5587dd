import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { openSocket } from './raw-http.ts';

const head = (line: string, ...headers: string[]) => `${[line, 'Host: x', ...headers].join('\r\n')}\r\n\r\n`;

export const getYaml = head('GET /docs/yaml HTTP/1.1');

/** What clients do with a connection. All but the first give little back for it. */
const behaviours = {
  'reads all': (socket: Socket) => {
    const ask = () => socket.write(getYaml);
    // Only the last piece of a response is a short one.
    socket.on('data', (chunk) => chunk.length < 1_000 && ask());
    ask();
    return ask;
  },
  /** Half of them ask for more than they may, the others for as much as they may. Neither ever reads. */
  'never reads': (socket: Socket, number: number) => {
    socket.pause();
    socket.write(getYaml.repeat(number % 2 ? 1_500 : 100));
    return () => socket.write('\r\n'); // which means nothing, but shows whether the connection is still there
  },
  'reads a byte a second': (socket: Socket) => {
    socket.pause();
    socket.write(getYaml.repeat(100));
    return () => socket.read(1);
  },
  'sends a byte a second': (socket: Socket, number: number) => {
    socket.resume();
    const lengthy = head('POST /users HTTP/1.1', 'Content-Type: application/json', 'Content-Length: 10000');
    socket.write(number % 2 ? 'GET /livez HTTP/1.1\r\nX-A: ' : lengthy);
    return () => socket.write('a');
  },
};
export type Behaviour = keyof typeof behaviours;

export interface Crowd {
  /** How many of them are connected now. */
  open(): number;
  /** How often the server has closed a connection. */
  closed(): number;
  stop(): void;
}

/** `count` clients who all behave alike, from one address. Each one that is cut off comes back within ten seconds. */
export const gather = (
  url: string,
  { behaviour, count, from }: { behaviour: Behaviour; count: number; from: string },
): Crowd => {
  const sockets = new Set<Socket>();
  let closed = 0;
  let stopped = false;
  const live = async (number: number) => {
    while (!stopped) {
      const socket = await openSocket(url, from).catch(() => undefined);
      if (socket) {
        sockets.add(socket);
        const everySecond = behaviours[behaviour](socket, number);
        const timer = setInterval(() => everySecond?.(), 1_000);
        // One that does not read sees the end of the connection when it writes.
        const { promise, resolve } = Promise.withResolvers<void>();
        socket.once('close', resolve);
        await promise;
        clearInterval(timer);
        sockets.delete(socket);
        closed += 1;
      }
      await sleep(Math.random() * 10_000);
    }
  };
  for (let number = 0; number < count; number += 1) void live(number);
  return {
    open: () => sockets.size,
    closed: () => closed,
    stop: () => {
      stopped = true;
      for (const socket of sockets) socket.destroy();
    },
  };
};
