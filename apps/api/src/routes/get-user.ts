import { UserId } from '@backend-jobs/sign-ups';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import { inProgressHeaders } from '../headers/response-headers.ts';
import { apiKeyUnlessOpenSecurity } from '../plugins/api-keys.ts';
import { Problem } from '../problems/problem.ts';
import { problemResponses } from '../problems/problem-responses.ts';
import { SignUpProgress, SignUpStatus } from '../sign-up-status.ts';
import type { SignUps } from '../sign-ups.ts';
import { anyCase } from '../validation.ts';

const schema = {
  tags: ['Sign-ups'],
  operationId: 'getSignUp',
  summary: 'Get a sign-up',
  description:
    'Returns how far the sign-up and its welcome email are. As long as that can still change by itself, the response ' +
    'has a `Retry-After`. Where the API has API keys, the response has the person as well, and all that is known of ' +
    'the email; where it is open to everybody, it has `id`, `status`, `reason` and `welcomeEmail.status` alone.',
  security: apiKeyUnlessOpenSecurity,
  params: Type.Object({ id: anyCase(UserId) }),
};

/** What a response has is decided by its schema: the serializer leaves out what the schema does not name. */
const responsesOf = ({ isOpen }: { isOpen: boolean }) => ({
  200: { ...(isOpen ? SignUpProgress : SignUpStatus), headers: inProgressHeaders },
  ...problemResponses(401, 404, 503),
});

/** `GET /users/<id>`: how far a sign-up is. */
export const getUserRoute: FastifyPluginAsyncTypebox<{ signUps: SignUps }> = async (app, { signUps }) => {
  const response = responsesOf(app);
  app.get(
    '/users/:id',
    { schema: { ...schema, response }, onRequest: app.requireApiKeyUnlessOpen },
    async (request, reply) => {
      const signUp = await signUps.find(request.params.id);
      if (!signUp) throw new Problem('not-found');
      if (!signUp.isSettled) reply.header('retry-after', '1');
      return reply.send(signUp.status);
    },
  );
};
