import { defaultLocale, Locale, NewUser, UserId } from '@backend-jobs/sign-ups';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import type { FastifyError, FastifyRequest } from 'fastify';
import { acceptedHeaders } from '../headers/response-headers.ts';
import { apiKeyUnlessOpenSecurity } from '../plugins/api-keys.ts';
import { scopeOf } from '../plugins/scope-of.ts';
import { problemResponses } from '../problems/problem-responses.ts';
import type { SignUps } from '../sign-ups.ts';
import { anyCase } from '../validation.ts';

/** What a client sends to sign somebody up. */
export const SignUpBody = Type.Object(
  { ...NewUser.properties, locale: Type.Optional({ ...anyCase(Locale), default: defaultLocale }) },
  { additionalProperties: false },
);

export const IdempotencyKey = Type.String({ pattern: '^[\\x21-\\x7e]{1,255}$', examples: ['6f2c1a4e'] });

const Accepted = Type.Object(
  {
    id: UserId,
    status: Type.Literal('queued'),
    links: Type.Object({ self: Type.String({ examples: ['/users/019bfa3e-6b1e-7c3a-9d55-2f1b6a9c4e10'] }) }),
  },
  { description: 'The sign-up is queued', headers: acceptedHeaders },
);

const schema = {
  tags: ['Sign-ups'],
  operationId: 'signUp',
  summary: 'Sign up a user',
  description:
    'Responds as soon as the sign-up is queued. Follow `Location` to see its progress. If a request times out and you ' +
    'repeat it without an `Idempotency-Key`, the response may be 409, because the first request succeeded.',
  security: apiKeyUnlessOpenSecurity,
  headers: Type.Object({
    'idempotency-key': Type.Optional(
      Type.String({
        ...IdempotencyKey,
        description:
          'Makes it safe to repeat the request for 24 hours. Use a new key for each sign-up, and the same one to repeat it. ' +
          'It belongs to the API key or, where the API is open to everybody, to the address of the client. Deleting ' +
          'the user frees it.',
      }),
    ),
  }),
  body: SignUpBody,
  response: { 202: Accepted, ...problemResponses(400, 401, 'email-taken', 413, 415, 422, 429, 503) },
};

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whether requests of this route sign somebody up. */
    signsUp?: boolean;
  }
}

/** `POST /users`: signs up a user. */
export const postUserRoute: FastifyPluginAsyncTypebox<{ signUps: SignUps }> = async (app, { signUps }) => {
  const onRequest = [app.requireApiKeyUnlessOpen, app.countSignUp];
  /** What is wrong with a request of somebody over the limit is only that. */
  const errorHandler = async (error: FastifyError, { withinLimit }: FastifyRequest) => {
    await withinLimit;
    throw error;
  };
  const options = { schema, config: { signsUp: true }, onRequest, errorHandler };
  app.post('/users', options, async (request, reply) => {
    const newUser = { ...request.body, locale: request.body.locale ?? defaultLocale };
    const key = request.headers['idempotency-key'];
    const id = await signUps.start(newUser, {
      requestId: request.id,
      idempotencyKey: key === undefined ? undefined : { key, scope: scopeOf(request) },
      withinLimit: request.withinLimit,
    });
    const self = `${app.basePath}/users/${id}`;
    return reply
      .code(202)
      .headers({ location: self, 'retry-after': '1' })
      .send({ id, status: 'queued', links: { self } });
  });
};
