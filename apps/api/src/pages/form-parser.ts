import { isUtf8 } from 'node:buffer';
import type { FastifyInstance } from 'fastify';
import { Problem } from '../problems/problem.ts';

/** Has the routes of a context read forms, and nothing else. Blanks around a field are not meant: a telephone's keyboard adds them. */
export const addFormParser = (app: FastifyInstance): void => {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'buffer' },
    (_request, body: Buffer, done) => {
      if (!isUtf8(body)) return done(new Problem('malformed-request', 'The body is not UTF-8'));
      const fields = [...new URLSearchParams(body.toString())];
      if (new Set(fields.map(([name]) => name)).size < fields.length)
        return done(new Problem('malformed-request', 'A field was sent more than once'));
      done(null, Object.fromEntries(fields.map(([name, value]) => [name, value.trim()])));
    },
  );
};
