import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export const openSocket = async (url: string): Promise<Socket> => {
  const { port } = new URL(url);
  const socket = connect(Number(port), '127.0.0.1');
  socket.on('error', () => {}); // the server may reset what it refuses
  await once(socket, 'connect');
  return socket;
};

/** The statuses that `text`, sent over one connection as it is, is answered with, until the server ends it. */
export const sendRaw = async (url: string, text: string | Buffer): Promise<number[]> => {
  const socket = await openSocket(url);
  let answer = '';
  socket.setEncoding('latin1').on('data', (chunk) => {
    answer += chunk;
  });
  socket.write(text);
  await once(socket, 'close');
  return [...answer.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status]) => Number(status));
};
