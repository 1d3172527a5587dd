import { defaultLocale, formats, Locale, NewUser, UserId } from '@backend-jobs/sign-ups';
import { Type } from '@sinclair/typebox';
import { fastify } from 'fastify';

/** This repository's route as far as Fastify carries it: the same body, checked alike, the same answer, and no work. */
const app = fastify({ ajv: { customOptions: { coerceTypes: false, allErrors: true, formats } } });

const schema = {
  body: Type.Object(
    { ...NewUser.properties, locale: Type.Optional({ ...Locale, default: defaultLocale }) },
    { additionalProperties: false },
  ),
  response: {
    202: Type.Object({
      id: UserId,
      status: Type.Literal('queued'),
      links: Type.Object({ self: Type.String() }),
    }),
  },
};

const id = '019bfa3e-6b1e-7c3a-9d55-2f1b6a9c4e10';

app.post('/users', { schema }, async (_, reply) =>
  reply.code(202).send({ id, status: 'queued', links: { self: `/users/${id}` } }),
);

await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT) });
