import { defaultLocale } from '@backend-jobs/sign-ups';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { type ApiKeys, requireApiKey } from '../plugins/api-keys.ts';
import { Problem } from '../problem.ts';
import type { SignUps } from '../sign-ups.ts';
import { deleteUser, getUser, listUsers, postUser } from './users-operations.ts';

export interface SignUpLimit {
  max: number;
  durationMs: number;
}

interface UsersOptions {
  signUps: SignUps;
  /** None while the API is open: then nobody may list and delete. */
  apiKeys: ApiKeys;
  /** For each API key, or each address while there are none. */
  signUpLimit: SignUpLimit | undefined;
}

const pageLength = 50;

export const usersRoutes: FastifyPluginAsyncTypebox<UsersOptions> = async (app, options) => {
  const { signUps, apiKeys, signUpLimit } = options;
  const onRequest = requireApiKey(apiKeys, { always: true });
  const rateLimit = signUpLimit && { max: signUpLimit.max, timeWindow: signUpLimit.durationMs };
  app.addHook('onRequest', requireApiKey(apiKeys));

  app.post(
    '/users',
    { schema: postUser, config: { ...(rateLimit && { rateLimit }) } },
    async (request, reply) => {
      const newUser = { ...request.body, locale: request.body.locale ?? defaultLocale };
      const id = await signUps.start(newUser, {
        requestId: request.id,
        caller: request.caller,
        idempotencyKey: request.headers['idempotency-key'],
      });
      const self = `/users/${id}`;
      return reply
        .code(202)
        .headers({ location: self, 'retry-after': '1' })
        .send({ id, status: 'queued', links: { self } });
    },
  );

  app.get('/users', { schema: listUsers, onRequest }, async (request) => {
    const { email, cursor } = request.query;
    if (email !== undefined) return { users: await signUps.findByEmail(email) };
    return signUps.list({ after: cursor, limit: Number(request.query.limit ?? pageLength) });
  });

  app.get('/users/:id', { schema: getUser }, async (request, reply) => {
    const signUp = await signUps.find(request.params.id);
    if (!signUp) throw new Problem('not-found');
    if (!signUp.isSettled) reply.header('retry-after', '1');
    return reply.send(signUp.status);
  });

  app.delete('/users/:id', { schema: deleteUser, onRequest }, async (request, reply) => {
    if (!(await signUps.delete(request.params.id))) throw new Problem('not-found');
    return reply.code(204).send(null);
  });
};
