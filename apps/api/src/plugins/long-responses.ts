import type { FastifyInstance } from 'fastify';
import fp from 'fastify-plugin';

/** Up to this length Node copies no more of a string than the client has yet to receive. */
const longestString = 16 * 1024;

/** Sends long texts as bytes: of a longer string, Node copies three bytes for each character while it can't be sent. */
export const longResponsesPlugin = fp(
  async (app: FastifyInstance) => {
    app.addHook('onSend', (_request, _reply, payload, done) => {
      const isLong = typeof payload === 'string' && payload.length > longestString;
      done(null, isLong ? Buffer.from(payload) : payload);
    });
  },
  { name: 'long-responses' },
);
