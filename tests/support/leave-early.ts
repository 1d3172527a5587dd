import { once } from 'node:events';
import { openSocket } from './raw-http.ts';

/** Sends the head of a form, and resets the connection when the server asks for its body: the request has begun then. */
export const leaveEarly = async (url: string): Promise<void> => {
  const socket = await openSocket(url);
  const head = ['POST / HTTP/1.1', 'Host: x', 'Content-Length: 100', 'Expect: 100-continue'];
  socket.write(`${head.join('\r\n')}\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\n`);
  await once(socket, 'data');
  socket.resetAndDestroy();
};
