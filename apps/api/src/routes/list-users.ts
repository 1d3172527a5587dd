import { NewUser, UserId } from '@backend-jobs/sign-ups';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import { responseHeaders } from '../headers/response-headers.ts';
import { apiKeySecurity } from '../plugins/api-keys.ts';
import { problemResponses } from '../problems/problem-responses.ts';
import { SignUpStatus } from '../sign-up-status.ts';
import type { SignUps } from '../sign-ups.ts';
import { anyCase } from '../validation.ts';

const defaultLimit = 50;

const schema = {
  tags: ['Sign-ups'],
  operationId: 'listUsers',
  summary: 'List users',
  description:
    'Returns the users in the order in which their sign-ups were accepted, or the user with the given `email`. Requires ' +
    'an API key.',
  security: apiKeySecurity,
  querystring: Type.Object(
    {
      email: Type.Optional(NewUser.properties.email),
      // A string, since every value in a query string is one, and nothing is coerced.
      limit: Type.Optional(
        Type.String({
          pattern: '^([1-9][0-9]?|100)$',
          description: `Users per page, from 1 to 100. The default is ${defaultLimit}.`,
          examples: [String(defaultLimit)],
        }),
      ),
      cursor: Type.Optional({ ...anyCase(UserId), description: 'The `nextCursor` of the previous page' }),
    },
    { additionalProperties: false },
  ),
  response: {
    200: Type.Object(
      { users: Type.Array(SignUpStatus), nextCursor: Type.Optional(UserId) },
      { description: 'A page of users. The last page has no `nextCursor`.', headers: responseHeaders },
    ),
    ...problemResponses(400, 401, 503),
  },
};

/** `GET /users`: the users, page by page, or the one with an email address. */
export const listUsersRoute: FastifyPluginAsyncTypebox<{ signUps: SignUps }> = async (app, { signUps }) => {
  app.get('/users', { schema, onRequest: app.requireApiKey }, async (request) => {
    const { email, cursor } = request.query;
    if (email !== undefined) return { users: await signUps.findByEmail(email) };
    return signUps.list({ after: cursor, limit: Number(request.query.limit ?? defaultLimit) });
  });
};
