import { UserId } from '@backend-jobs/sign-ups';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import { responseHeaders } from '../headers/response-headers.ts';
import { apiKeyUnlessOpenSecurity } from '../plugins/api-keys.ts';
import { problemResponses } from '../problems/problem-responses.ts';
import { SignUpProgress, SignUpStatus } from '../sign-up-status.ts';
import type { SignUps } from '../sign-ups.ts';
import { sendEvents } from '../streams/send-events.ts';
import type { SignUpStreams } from '../streams/sign-up-streams.ts';
import { anyCase } from '../validation.ts';

const example =
  'event: status\nid: hRk3Tj0bWq2LxZ9v\ndata: {"id":"019bfa3e-6b1e-7c3a-9d55-2f1b6a9c4e10","status":"queued"}\n\n';

const schema = {
  tags: ['Sign-ups'],
  operationId: 'followSignUp',
  summary: 'Follow a sign-up',
  description:
    'Sends how far the sign-up is as server-sent events, at once and then at each change. The `data` of an event is ' +
    'what `GET /users/{id}` returns. The events are called `status`; the last one is `settled`, or `deleted` where the ' +
    'user was deleted meanwhile, and then the response ends. It also ends after five minutes, and when the server ' +
    'stops: come again with the header `Last-Event-ID`, as `EventSource` does. Whoever comes again and knows the ' +
    'last event already gets 204, and need not come any more.',
  security: apiKeyUnlessOpenSecurity,
  params: Type.Object({ id: anyCase(UserId) }),
  headers: Type.Object({
    'last-event-id': Type.Optional(
      Type.String({ description: 'The `id` of the last event that the client received' }),
    ),
  }),
  response: {
    200: {
      description: 'The changes of the sign-up',
      headers: responseHeaders,
      content: { 'text/event-stream': { schema: Type.String({ examples: [example] }) } },
    },
    204: Type.Null({ description: 'The client knows the last event already', headers: responseHeaders }),
    ...problemResponses(401, 404, 503),
  },
};

/** `GET /users/<id>/events`: how far a sign-up is, live. */
export const followSignUpRoute: FastifyPluginAsyncTypebox<{
  signUps: SignUps;
  streams: SignUpStreams;
}> = async (app, { signUps, streams }) => {
  app.addHook('preClose', async () => streams.close());
  app.get('/users/:id/events', { schema, onRequest: app.requireApiKeyUnlessOpen }, (request, reply) => {
    // As in a response of `GET /users/<id>`, the serializer leaves out what the caller may not see.
    const toJson = reply.compileSerializationSchema(app.isOpen ? SignUpProgress : SignUpStatus);
    return sendEvents(request, reply, { id: request.params.id, signUps, streams, toJson });
  });
};
