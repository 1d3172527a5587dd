import { defaultLocale, Locale, NewUser, UserId } from '@backend-jobs/users';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import { Problem } from '../problem.ts';
import { SignUpStatus, type SignUps } from '../sign-ups.ts';
import { problemResponses } from './problem-responses.ts';

const Accepted = Type.Object(
  {
    id: UserId,
    status: Type.Literal('queued'),
    links: Type.Object({ self: Type.String({ examples: ['/users/019bfa3e-6b1e-7c3a-9d55-2f1b6a9c4e10'] }) }),
  },
  { description: 'Queued' },
);

const PostUserHeaders = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({
      pattern: '^[\\x21-\\x7e]{1,255}$',
      description: 'Repeats the request without repeating the sign-up, for 24 h. A new one for each sign-up.',
    }),
  ),
});

const postUser = {
  tags: ['Sign-ups'],
  operationId: 'signUp',
  summary: 'Sign somebody up',
  description:
    'Answers as soon as the sign-up is queued. Follow `Location` to see what becomes of it. A repeat after a time-out, ' +
    'without an `Idempotency-Key`, may find that the first try got through: it is answered 409.',
  headers: PostUserHeaders,
  body: Type.Object(
    { ...NewUser.properties, locale: Type.Optional({ ...Locale, default: defaultLocale }) },
    { additionalProperties: false },
  ),
  response: { 202: Accepted, ...problemResponses(400, 409, 413, 415, 422, 503) },
};

const getUser = {
  tags: ['Sign-ups'],
  operationId: 'getSignUp',
  summary: 'See how far a sign-up is',
  description: 'While it is under way the answer has a `Retry-After`.',
  params: Type.Object({ id: UserId }),
  response: { 200: SignUpStatus, ...problemResponses(404, 503) },
};

export const usersRoutes: FastifyPluginAsyncTypebox<{ signUps: SignUps }> = async (app, { signUps }) => {
  app.post('/users', { schema: postUser }, async (request, reply) => {
    const newUser = { ...request.body, locale: request.body.locale ?? defaultLocale };
    const id = await signUps.start(newUser, {
      requestId: request.id,
      idempotencyKey: request.headers['idempotency-key'],
    });
    const self = `/users/${id}`;
    return reply
      .code(202)
      .headers({ location: self, 'retry-after': '1' })
      .send({ id, status: 'queued', links: { self } });
  });

  app.get('/users/:id', { schema: getUser }, async (request, reply) => {
    const signUp = await signUps.find(request.params.id);
    if (!signUp) throw new Problem('not-found');
    if (!signUp.isSettled) reply.header('retry-after', '1');
    return reply.send(signUp.status);
  });
};
