import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** @param localAddress one of 127.0.0.0/8, to seem another client */
export const openSocket = async (url: string, localAddress = '127.0.0.1'): Promise<Socket> => {
  const { port } = new URL(url);
  const socket = connect({ port: Number(port), host: '127.0.0.1', localAddress });
  socket.on('error', () => {}); // the server may reset what it refuses
  await once(socket, 'connect');
  return socket;
};

/** However it ends, by an error of the connection as well. */
export const untilClosed = (socket: Socket): Promise<void> =>
  new Promise((resolve) => void socket.once('close', () => resolve()));

/** Sends `text` over a connection as it is, and returns all that comes back until the server ends the connection. */
export const exchangeRaw = async (url: string, text: string | Buffer, from?: string): Promise<string> => {
  const socket = await openSocket(url, from);
  let answer = '';
  socket.setEncoding('latin1').on('data', (chunk) => {
    answer += chunk;
  });
  socket.write(text);
  await untilClosed(socket);
  return answer;
};

/** As `exchangeRaw`, and returns the statuses of the responses. */
export const sendRaw = async (url: string, text: string | Buffer): Promise<number[]> => {
  const responses = (await exchangeRaw(url, text)).matchAll(/HTTP\/1\.1 (\d{3}) /g);
  return [...responses].map(([, status]) => Number(status));
};

/** Whether a request on this connection gets an answer. */
export const isAnswered = async (socket: Socket): Promise<boolean> => {
  socket.write('GET /livez HTTP/1.1\r\nHost: x\r\n\r\n');
  const answered = new Promise<boolean>((resolve) => void socket.once('data', () => resolve(true)));
  return Promise.race([answered, untilClosed(socket).then(() => false)]);
};

/** Whether a new client gets an answer; it may be refused before it knows that it is connected. */
export const isServed = (url: string, from: string): Promise<boolean> =>
  openSocket(url, from).then(isAnswered, () => false);
