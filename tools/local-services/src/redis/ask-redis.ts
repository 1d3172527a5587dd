import { connect } from 'node:net';

/** What a Redis reports about itself. */
export interface RedisReply {
  processId: number;
}

/**
 * Asks the Redis on this port of 127.0.0.1 once, over its own connection. Returns `undefined` when none
 * replies, or while it loads its data. Never throws.
 */
export const askRedis = async (port: number, timeoutMs = 1_000): Promise<RedisReply | undefined> => {
  const reply = await exchange(port, 'PING\r\nINFO server\r\nQUIT\r\n', timeoutMs);
  if (!reply.startsWith('+PONG')) return undefined; // -LOADING
  const processId = /^process_id:(\d+)/m.exec(reply)?.[1];
  return processId === undefined ? undefined : { processId: Number(processId) };
};

/** Returns what the server sends until it closes the connection, the connection breaks or the time is over. */
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
