import { isUtf8 } from 'node:buffer';
import type { FastifyInstance } from 'fastify';
import fp from 'fastify-plugin';
import { Problem } from '../problems/problem.ts';

/**
 * Reads what a form of a page sends, as an object of texts; a field that comes twice is refused. For the routes of the
 * context that it is registered in.
 */
export const formBodyPlugin = fp(
  async (app: FastifyInstance) => {
    app.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'buffer' },
      (_request, body: Buffer, done) => {
        const fields = [...new URLSearchParams(body.toString())];
        const names = new Set(fields.map(([name]) => name));
        if (!isUtf8(body) || names.size < fields.length)
          return done(
            new Problem('malformed-request', 'The form has a field twice, or is not UTF-8'),
            undefined,
          );
        return done(null, Object.fromEntries(fields));
      },
    );
  },
  { name: 'form-body', dependencies: ['json-body'] },
);
