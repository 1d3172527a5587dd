import { defaultLocale, Locale, NewUser, UserId } from '@backend-jobs/sign-ups';
import { Type } from '@sinclair/typebox';
import { SignUpStatus } from '../sign-up-status.ts';
import { acceptedHeaders, answerHeaders, underWayHeaders } from './answer-headers.ts';
import { problemResponses } from './problem-responses.ts';

const tags = ['Sign-ups'];
const withKey = [{ apiKey: [] }];
/** Open as long as there are no API keys. */
const withKeyOrOpen = [...withKey, {}];

const Accepted = Type.Object(
  {
    id: UserId,
    status: Type.Literal('queued'),
    links: Type.Object({ self: Type.String({ examples: ['/users/019bfa3e-6b1e-7c3a-9d55-2f1b6a9c4e10'] }) }),
  },
  { description: 'Queued', headers: acceptedHeaders },
);

const PostUserHeaders = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({
      pattern: '^[\\x21-\\x7e]{1,255}$',
      description: 'Repeats the request without repeating the sign-up, for 24 h. A new one for each sign-up.',
      examples: ['6f2c1a4e'],
    }),
  ),
});

export const postUser = {
  tags,
  operationId: 'signUp',
  summary: 'Sign somebody up',
  description:
    'Answers as soon as the sign-up is queued. Follow `Location` to see what becomes of it. A repeat after a time-out, ' +
    'without an `Idempotency-Key`, may find that the first try got through: it is answered 409.',
  security: withKeyOrOpen,
  headers: PostUserHeaders,
  body: Type.Object(
    { ...NewUser.properties, locale: Type.Optional({ ...Locale, default: defaultLocale }) },
    { additionalProperties: false },
  ),
  response: { 202: Accepted, ...problemResponses(400, 401, 409, 413, 415, 422, 429, 503) },
};

export const getUser = {
  tags,
  operationId: 'getSignUp',
  summary: 'See how far a sign-up is',
  description: 'Until nothing will change by itself the answer has a `Retry-After`.',
  security: withKeyOrOpen,
  params: Type.Object({ id: UserId }),
  response: { 200: { ...SignUpStatus, headers: underWayHeaders }, ...problemResponses(401, 404, 503) },
};

export const listUsers = {
  tags,
  operationId: 'listUsers',
  summary: 'List the users',
  description: 'In the order of their acceptance, or the one who has an `email`. Needs an API key.',
  security: withKey,
  querystring: Type.Object(
    {
      email: Type.Optional(NewUser.properties.email),
      // A string, as a query has nothing else.
      limit: Type.Optional(
        Type.String({
          pattern: '^([1-9][0-9]?|100)$',
          description: '1 to 100; 50 if not given',
          examples: ['50'],
        }),
      ),
      cursor: Type.Optional({ ...UserId, description: 'The `nextCursor` of the page before' }),
    },
    { additionalProperties: false },
  ),
  response: {
    200: Type.Object(
      { users: Type.Array(SignUpStatus), nextCursor: Type.Optional(UserId) },
      { description: 'A page; it is the last one when it has no `nextCursor`', headers: answerHeaders },
    ),
    ...problemResponses(400, 401, 503),
  },
};

export const deleteUser = {
  tags,
  operationId: 'deleteUser',
  summary: 'Delete a person',
  description:
    'Removes all that is known of the person and cancels what has not been done: the email goes out only if it is being ' +
    'sent at this moment. The address is free again. Needs an API key.',
  security: withKey,
  params: Type.Object({ id: UserId }),
  response: {
    204: Type.Null({ description: 'Deleted', headers: answerHeaders }),
    ...problemResponses(401, 404, 503),
  },
};
