import { isUtf8 } from 'node:buffer';
import type { FastifyInstance } from 'fastify';
import { Problem } from '../problems/problem.ts';

/** More than any form here has: each field that nobody asked for is a fault, and takes time. */
const mostFields = 20;

/** Has the routes of a context read forms, and nothing else. Blanks around a field are not meant: a telephone's keyboard adds them. */
export const addFormParser = (app: FastifyInstance): void => {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'buffer' },
    (_request, body: Buffer, done) => {
      const text = body.toString();
      if (!isUtf8(body) || !isEncodedUtf8(text))
        return done(new Problem('malformed-request', 'The body is not UTF-8'));
      if (text.split('&', mostFields + 1).length > mostFields)
        return done(new Problem('malformed-request', 'The form has too many fields'));
      const fields = [...new URLSearchParams(text)];
      if (new Set(fields.map(([name]) => name)).size < fields.length)
        return done(new Problem('malformed-request', 'A field was sent more than once'));
      done(null, Object.fromEntries(fields.map(([name, value]) => [name, value.trim()])));
    },
  );
};

/** What is encoded with another charset would be taken for replacement characters. */
const isEncodedUtf8 = (text: string): boolean => {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
};
