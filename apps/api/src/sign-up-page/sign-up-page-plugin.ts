import { randomUUID } from 'node:crypto';
import { UserId } from '@backend-jobs/sign-ups';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import type { FastifyError, FastifyReply } from 'fastify';
import { addFormParser } from '../pages/form-parser.ts';
import { allowOwnPage } from '../pages/page.ts';
import { requireSameOrigin } from '../plugins/same-origin.ts';
import { scopeOf } from '../plugins/scope-of.ts';
import { logProblem } from '../problems/log-problem.ts';
import { Problem } from '../problems/problem.ts';
import { toProblem } from '../problems/to-problem.ts';
import { SignUpProgress } from '../sign-up-status.ts';
import type { SignUps } from '../sign-ups.ts';
import { sendEvents } from '../streams/send-events.ts';
import { statusEvent, type ToJson } from '../streams/sign-up-event.ts';
import type { SignUpStreams } from '../streams/sign-up-streams.ts';
import { anyCase } from '../validation.ts';
import { FormBody, refusalOf, toFaults } from './form-body.ts';
import { localeOf } from './language.ts';
import { sendForm, sendProblemPage, sendProgress } from './send-sign-up-page.ts';

const params = Type.Object({ id: anyCase(UserId) });

/**
 * The page on which people sign up, and the one on which they see how far their sign-up is. Both are for everybody, also
 * where the API has keys, and work without JavaScript.
 */
export const signUpPagePlugin: FastifyPluginAsyncTypebox<{
  signUps: SignUps;
  streams: SignUpStreams;
}> = async (app, { signUps, streams }) => {
  addFormParser(app);
  app.addHook('onRequest', allowOwnPage);
  app.addHook('onRequest', async (_request, reply) => {
    reply.headers({ 'cache-control': 'no-store', vary: 'accept-language' });
  });
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const problem = toProblem(error);
    logProblem(request, error, problem);
    reply.problemKind = problem.kind;
    return sendProblemPage(request, reply, problem);
  });

  app.get('/', { schema: { hide: true } }, (request, reply) => sendForm(request, reply));

  app.post(
    '/',
    {
      schema: { hide: true, body: FormBody },
      config: { signsUp: true },
      attachValidation: true,
      onRequest: async (request) => requireSameOrigin(request),
      preHandler: [app.countSignUp, async ({ withinLimit }) => withinLimit],
    },
    async (request, reply) => {
      const { body, validationError } = request;
      if (validationError) {
        const faults = toFaults(validationError, body);
        reply.problemKind = 'invalid-request';
        return sendForm(request, reply.code(400), { faults });
      }
      const { key = randomUUID(), name, email, locale = localeOf(request) } = body;
      try {
        const id = await signUps.start(
          { name, email, locale },
          {
            requestId: request.id,
            // A person who goes back and corrects the form signs up anew.
            idempotencyKey: { key: `${key} ${name} ${email}`, scope: scopeOf(request) },
          },
        );
        return reply.redirect(`${app.basePath}/sign-ups/${id}?lang=${locale}`, 303);
      } catch (error) {
        const fault = refusalOf(error);
        const { kind, statusCode } = error as Problem;
        reply.problemKind = kind;
        return sendForm(request, reply.code(statusCode), { faults: { email: fault } });
      }
    },
  );

  /** With nothing of the person: everybody who has the URL of the page sees it. */
  const toJsonBy = (reply: FastifyReply): ToJson => reply.compileSerializationSchema(SignUpProgress);

  app.get('/sign-ups/:id', { schema: { hide: true, params } }, async (request, reply) => {
    const { id } = request.params;
    const found = await signUps.find(id);
    if (!found) throw new Problem('not-found');
    const { id: lastEventId } = statusEvent(found, toJsonBy(reply));
    return sendProgress(request, reply, { id, found, lastEventId });
  });

  app.get('/sign-ups/:id/events', { schema: { hide: true, params } }, async (request, reply) =>
    sendEvents(request, reply, { id: request.params.id, signUps, streams, toJson: toJsonBy(reply) }),
  );
};
