import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { SmtpSession } from './smtp-session.ts';

export interface SinkOptions {
  /** On 127.0.0.1. */
  port: number;
  delayMs: number;
  onTaken: () => void;
}

/** A mail server that accepts everything, after `delayMs`, and costs as little as one can. */
export const listenAsSink = async ({ port, delayMs, onTaken }: SinkOptions): Promise<Server> => {
  const server = createServer({ noDelay: true }, (socket) => {
    let session: SmtpSession | undefined;
    let isEnding = false;
    const write = (answer: string) => {
      if (isEnding) socket.end(answer);
      else if (socket.writable) socket.write(answer);
    };
    const end = () => {
      isEnding = true;
    };
    session = new SmtpSession({ delayMs, onTaken, write, end });
    socket.setEncoding('latin1').on('data', (text: string) => session.receive(text));
    socket.on('error', () => {}); // its close follows
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
};
