import { findSignUp, type QueueShard } from '@backend-jobs/jobs';
import type { Shards } from '@backend-jobs/redis';
import { type AcceptedSignUps, formats, isUserId, type SignUpStore, UserId } from '@backend-jobs/sign-ups';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import { addFormParser } from '../../pages/form-parser.ts';
import { html } from '../../pages/html.ts';
import { allowOwnPage } from '../../pages/page.ts';
import { anyCase } from '../../validation.ts';
import { sendAdminPage } from './admin-page.ts';
import { signUpView } from './sign-up-view.ts';

export interface FindOptions {
  shards: Shards<QueueShard>;
  signUpStore: SignUpStore;
  accepted?: AcceptedSignUps | undefined;
}

const params = Type.Object({ id: anyCase(UserId) });
const body = Type.Object({ wanted: Type.String({ maxLength: 508 }) }, { additionalProperties: false });

/**
 * `GET /admin/find`: one sign-up, by its id or its address. An address is posted, so that it is in no URL, which logs and
 * the browser's history keep; the page that shows the sign-up has its id alone.
 */
export const findPage: FastifyPluginAsyncTypebox<FindOptions> = async (app, options) => {
  addFormParser(app);
  const adminUrl = `${app.basePath}/admin`;
  app.addHook('onRequest', allowOwnPage);

  app.get('/find', { schema: { hide: true } }, async (request, reply) =>
    sendAdminPage(request, reply, { title: 'Find', main: await formOf(adminUrl, false) }),
  );

  app.post(
    '/find',
    { schema: { hide: true, body }, config: { changesNothing: true } },
    async (request, reply) => {
      const { wanted } = request.body;
      const asId = wanted.toLowerCase();
      const id = isUserId(asId) ? asId : await findIdByEmail(options, wanted);
      if (id) return reply.redirect(`${adminUrl}/find/${id}`, 303);
      return sendAdminPage(request, reply.code(404), { title: 'Find', main: await formOf(adminUrl, true) });
    },
  );

  app.get('/find/:id', { schema: { hide: true, params } }, async (request, reply) => {
    const { id } = request.params;
    const shard = options.shards.of(id);
    const facts = await findSignUp({ ...options, ...shard }, { id });
    const main = facts ? await signUpView(facts, adminUrl, shard.name) : await formOf(adminUrl, true);
    return sendAdminPage(request, reply.code(facts ? 200 : 404), { title: 'Find', main });
  });
};

const findIdByEmail = async ({ signUpStore }: FindOptions, email: string): Promise<UserId | undefined> =>
  formats.email(email) ? signUpStore.findIdByEmail(email) : undefined;

const formOf = (adminUrl: string, isMissing: boolean) => html`<h1>Find a sign-up</h1>
${
  isMissing
    ? html`<p role="alert" class="failed">No sign-up has this id, and no user has this address. A sign-up that still waits,
or that failed, is found by its id alone.</p>`
    : ''
}
<form method="post" action="${adminUrl}/find">
<label for="wanted">Its id, or the address of the user</label>
<input id="wanted" name="wanted" required maxlength="508" autocomplete="off" autocapitalize="off" spellcheck="false">
<button>Find</button>
</form>`;
