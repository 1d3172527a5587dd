import { RedriveOrder, type Redrives } from '@backend-jobs/jobs';
import { UserId } from '@backend-jobs/sign-ups';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { addFormParser } from '../../pages/form-parser.ts';
import { Problem } from '../../problems/problem.ts';
import { describeSelection, SelectionForm, toSelection } from './redrive-form.ts';

const params = Type.Object({ id: UserId });
const why = RedriveOrder.properties.why;

/**
 * What the forms of the redrives do. The trail has it, with the reason, before it is done. Each answers with a redirection
 * to the page of the redrive, so that loading it again repeats nothing.
 */
export const redriveRoutes: FastifyPluginAsyncTypebox<{ redrives: Redrives }> = async (app, { redrives }) => {
  addFormParser(app);

  const show = (reply: FastifyReply, id: string) =>
    reply.redirect(`${app.basePath}/admin/redrives/${id}`, 303);
  const nameOf = (request: FastifyRequest): string => request.operator?.name ?? '';

  const plan = {
    schema: { hide: true, body: SelectionForm },
    config: { describe: ({ body }: FastifyRequest) => describeSelection(toSelection(body as SelectionForm)) },
  };
  app.post('/redrives/plan', plan, async ({ body }, reply) => {
    const { id } = await redrives.plan(toSelection(body));
    return show(reply, id);
  });

  const startBody = Type.Object({ why, perSecond: Type.String({ pattern: '^([1-9][0-9]{0,2}|1000)$' }) });
  const start = { schema: { hide: true, params, body: startBody } };
  app.post('/redrives/:id/start', start, async (request, reply) => {
    const { params: redrive, body } = request;
    const order = { by: nameOf(request), why: body.why, perSecond: Number(body.perSecond) };
    if (!(await redrives.start(redrive.id, order)))
      throw new Problem(
        'not-found',
        'This dry run was started before, or an hour has passed: make another one',
      );
    return show(reply, redrive.id);
  });

  const stop = { schema: { hide: true, params, body: Type.Object({ why: Type.Optional(why) }) } };
  app.post('/redrives/:id/stop', stop, async (request, reply) => {
    const { id } = request.params;
    if (!(await redrives.stop(id, nameOf(request))))
      throw new Problem('not-found', 'This redrive does not run');
    return show(reply, id);
  });
};
