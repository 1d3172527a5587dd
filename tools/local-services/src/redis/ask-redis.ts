import { connect } from 'node:net';

/** What a Redis says of itself; `undefined` while none answers, or it is still loading its data. */
export interface RedisAnswer {
  processId: number;
}

/** Asks the Redis on this port of 127.0.0.1, once, over a connection of its own. Never throws. */
export const askRedis = async (port: number, timeoutMs = 1_000): Promise<RedisAnswer | undefined> => {
  const reply = await exchange(port, 'PING\r\nINFO server\r\nQUIT\r\n', timeoutMs);
  if (!reply.startsWith('+PONG')) return undefined; // -LOADING
  const processId = /^process_id:(\d+)/m.exec(reply)?.[1];
  return processId === undefined ? undefined : { processId: Number(processId) };
};

/** All that the server says until it hangs up; what it had said by then when the line breaks or time runs out. */
const exchange = (port: number, request: string, timeoutMs: number): Promise<string> =>
  new Promise((resolve) => {
    let reply = '';
    const socket = connect({ port, host: '127.0.0.1' });
    const timer = setTimeout(() => socket.destroy(), timeoutMs);
    socket.setEncoding('utf8').on('data', (chunk) => {
      reply += chunk;
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(reply);
    });
    socket.write(request);
  });
