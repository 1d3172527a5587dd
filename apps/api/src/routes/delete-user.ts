import { UserId } from '@backend-jobs/sign-ups';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import { responseHeaders } from '../headers/response-headers.ts';
import { apiKeySecurity } from '../plugins/api-keys.ts';
import { Problem } from '../problems/problem.ts';
import { problemResponses } from '../problems/problem-responses.ts';
import type { SignUps } from '../sign-ups.ts';
import { anyCase } from '../validation.ts';

const schema = {
  tags: ['Sign-ups'],
  operationId: 'deleteUser',
  summary: 'Delete a user',
  description:
    'Deletes all personal data of the user and cancels what has not been done yet. The welcome email still arrives if ' +
    'it is being sent at this moment. The email address can be used again. Requires an API key.',
  security: apiKeySecurity,
  params: Type.Object({ id: anyCase(UserId) }),
  response: {
    204: Type.Null({ description: 'The user is deleted', headers: responseHeaders }),
    ...problemResponses(401, 404, 'still-referenced', 503),
  },
};

/** `DELETE /users/<id>`: deletes a person, at whatever stage the sign-up is. */
export const deleteUserRoute: FastifyPluginAsyncTypebox<{ signUps: SignUps }> = async (app, { signUps }) => {
  app.delete('/users/:id', { schema, onRequest: app.requireApiKey }, async (request, reply) => {
    if (!(await signUps.delete(request.params.id))) throw new Problem('not-found');
    return reply.code(204).send(null);
  });
};
