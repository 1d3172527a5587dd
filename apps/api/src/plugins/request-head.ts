import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';
import fp from 'fastify-plugin';
import { Problem } from '../problems/problem.ts';

/** Headers of which a proxy and this server could each believe another line. */
const single = ['host', 'content-type', 'authorization'];

/** RFC 9110, section 7.2, in the words of RFC 3986: a name or an address, and perhaps a port; nothing else of a URL. */
const hostPattern = /^(\[[\da-f:.]+\]|([\w.~!$&'()*+,;=-]|%[\da-f]{2})*)(:\d*)?$/i;

/** Refuses requests whose headers HTTP does not allow, although Node passes them on. */
export const requestHeadPlugin = fp(
  async (app: FastifyInstance) => {
    app.addHook('onRequest', ({ raw }, reply, done) => {
      const problem = findProblem(raw);
      // Whoever sent this may not mean the same as we by what follows it.
      if (problem) reply.header('connection', 'close');
      done(problem);
    });
  },
  { name: 'request-head' },
);

const findProblem = (request: IncomingMessage): Problem | undefined => {
  const repeated = repeatedHeader(request);
  if (repeated) return new Problem('malformed-request', `The header ${repeated} was sent more than once`);
  if (!['1.0', '1.1'].includes(request.httpVersion))
    return new Problem('malformed-request', 'The version of HTTP must be 1.1 or 1.0');
  const { host, expect, 'transfer-encoding': coding } = request.headers;
  // RFC 9112, section 6.1. HTTP/1.0 has no such header, and a proxy that knows another coding may see another end of the
  // body.
  if (coding !== undefined && (request.httpVersion === '1.0' || coding.toLowerCase() !== 'chunked'))
    return new Problem('malformed-request', 'The only Transfer-Encoding is chunked, in HTTP/1.1');
  // RFC 9112, section 3.2. HTTP/1.0 has no such header.
  if (host === undefined ? request.httpVersion !== '1.0' : !hostPattern.test(host))
    return new Problem('malformed-request', 'The request needs a valid Host header');
  if (expect !== undefined && expect.toLowerCase() !== '100-continue')
    return new Problem('expectation-failed');
  return undefined;
};

/** Not by Node's `headersDistinct`: requests that tests inject have none. */
const repeatedHeader = ({ rawHeaders }: IncomingMessage): string | undefined =>
  single.find((name) => {
    const isName = (text: string, index: number) =>
      index % 2 === 0 && text.length === name.length && text.toLowerCase() === name;
    return rawHeaders.findIndex(isName) !== rawHeaders.findLastIndex(isName);
  });
