import fc from 'fast-check';
import type { InjectOptions } from 'fastify';
import { withKey } from './credentials.ts';

/** Control characters and lone surrogates among them. fast-check's own unit, 'binary', takes a second to be built. */
const anyCodePoint = fc
  .integer({ min: 0, max: 0x10ffff })
  .map((codePoint) => String.fromCodePoint(codePoint));

/** Something that the description asks for, or something else. */
const anyText = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.string({ unit: anyCodePoint, maxLength: 60 }),
  fc.emailAddress(),
  fc.constantFrom('', 'en', 'pt-BR', '019bfa3e-6b1e-7c3a-9d55-2f1b6a9c4e10', '__proto__'),
);

const anyValue = fc.oneof(anyText, fc.jsonValue());

const anyBody = fc.oneof(
  fc.record({ name: anyText, email: fc.emailAddress() }),
  fc.record({ name: anyValue, email: anyValue, locale: anyValue }, { requiredKeys: [] }),
  fc.dictionary(anyText, fc.jsonValue()),
  fc.jsonValue(),
);

const operations = [
  'POST /users',
  'GET /users',
  'GET /users/{id}',
  'GET /users/{id}/events',
  'DELETE /users/{id}',
] as const;

/** A request as somebody might make it up who has read the description of the API, or not quite. */
export const madeUpRequest = fc.record({
  operation: fc.constantFrom(...operations),
  hasKey: fc.boolean(),
  // `.` and `..` would be taken for steps of the path before the request is sent.
  id: fc.oneof(
    anyText.filter((id) => !/^\.{0,2}$/.test(id)),
    fc.uuid({ version: 7 }),
  ),
  query: fc.dictionary(
    fc.constantFrom('limit', 'cursor', 'email', 'x'),
    fc.oneof(anyText, fc.nat(200).map(String)),
    { maxKeys: 3 },
  ),
  body: fc.oneof(
    anyBody.map((value) => JSON.stringify(value)),
    anyText,
  ),
  type: fc.constantFrom('application/json', 'application/json; charset=utf-8', 'text/plain', ''),
  idempotencyKey: fc.option(fc.string({ maxLength: 300, unit: 'grapheme-ascii' }), { nil: undefined }),
});
type MadeUpRequest = typeof madeUpRequest extends fc.Arbitrary<infer Value> ? Value : never;

export const toInjectOptions = (request: MadeUpRequest): InjectOptions => {
  const [method, path] = request.operation.split(' ') as ['POST' | 'GET' | 'DELETE', string];
  const query = request.operation === 'GET /users' ? `?${new URLSearchParams(request.query)}` : '';
  return {
    method,
    // No URL can hold half of a surrogate pair.
    url: path.replace('{id}', encodeURIComponent(request.id.toWellFormed())) + query,
    headers: {
      ...(request.hasKey && withKey),
      ...(method === 'POST' && { 'content-type': request.type }),
      ...(request.idempotencyKey && { 'idempotency-key': request.idempotencyKey }),
    },
    ...(method === 'POST' && { payload: request.body }),
  };
};
