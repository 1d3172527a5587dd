import { isUtf8 } from 'node:buffer';
import type { FastifyInstance } from 'fastify';
import fp from 'fastify-plugin';
import { Problem } from '../problems/problem.ts';

/**
 * Reads bodies as JSON, and nothing else. JSON between systems is UTF-8 (RFC 8259, section 8.1): bytes that are not are
 * refused, since they would be stored as replacement characters. An empty body is none, of whatever type: many clients
 * send a content type with every request.
 */
export const jsonBodyPlugin = fp(
  async (app: FastifyInstance) => {
    // What it holds has no meaning (RFC 9110, section 9.3.5), and must not get in the way of an erasure.
    app.addHttpMethod('DELETE', { hasBody: false, overrideExisting: true });
    const parseJson = app.getDefaultJsonParser('error', 'error');
    app.removeAllContentTypeParsers();

    app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
      if (body.length === 0) return done(null, undefined);
      if (!isCharsetUtf8(request.headers['content-type']))
        return done(new Problem('unsupported-media-type', 'The charset of JSON is utf-8'), undefined);
      if (!isUtf8(body)) return done(new Problem('malformed-request', 'The body is not UTF-8'), undefined);
      return parseJson(request, body.toString(), done);
    });

    app.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
      const isRefused = body.length > 0 && !request.is404;
      return done(isRefused ? new Problem('unsupported-media-type') : null, undefined);
    });
  },
  { name: 'json-body' },
);

const isCharsetUtf8 = (contentType = ''): boolean =>
  contentType === 'application/json' || // nearly always
  contentType
    .matchAll(/;\s*charset\s*=\s*"?([^\s";]*)/gi)
    .every(([, charset]) => /^utf-?8$/i.test(charset ?? ''));
