import { forecastMs, type Redrive, type Redrives } from '@backend-jobs/jobs';
import { inWords } from '@backend-jobs/runtime';
import { UserId } from '@backend-jobs/sign-ups';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import { html } from '../../pages/html.ts';
import { allowOwnPage } from '../../pages/page.ts';
import { Problem } from '../../problems/problem.ts';
import { momentOf, sendAdminPage } from './admin-page.ts';
import { describeSelection } from './redrive-form.ts';

const schema = { hide: true, params: Type.Object({ id: UserId }) };

/** `GET /admin/redrives/<id>`: what a redrive would take, how far it is, and the forms that start and stop it. */
export const redrivePage: FastifyPluginAsyncTypebox<{ redrives: Redrives }> = async (app, { redrives }) => {
  app.get('/redrives/:id', { schema, onRequest: allowOwnPage }, async (request, reply) => {
    const redrive = await redrives.find(request.params.id);
    if (!redrive) throw new Problem('not-found', 'A dry run is kept for an hour, a redrive for 30 days');
    const action = `${app.basePath}/admin/redrives/${redrive.id}`;
    const isRunning = redrive.state === 'running';
    const main =
      await html`<h1>${redrive.state === 'planned' ? 'Dry run' : 'Redrive'}: ${describeSelection(redrive.selection)}</h1>
${redrive.state === 'planned' ? plan(redrive, action) : progress(redrive)}
${isRunning ? stopForm(action) : ''}
${redrive.order ? order(redrive) : ''}
${examples(redrive, `${app.basePath}/admin/find`)}
<p>Times are in UTC. <a href="${app.basePath}/admin/failures">All failures and redrives</a></p>`;
    // A page that has nothing to fill in may load itself again.
    if (isRunning) reply.header('refresh', '3');
    return sendAdminPage(request, reply, { title: isRunning ? 'Redrive running' : 'Redrive', main });
  });
};

const inWordsOf: Record<Redrive['state'], string> = {
  planned: 'Not started',
  running: 'Running',
  finished: 'Finished',
  stopped: 'Stopped',
};

const plan = ({ named, hasMore }: Redrive, action: string) =>
  named === 0
    ? html`<p class="empty">It would take nothing: no job fits.</p>`
    : html`<p>It would take <strong>${named}</strong>${hasMore ? ', the first of more: another redrive can take the rest' : ''}.
It takes these and no other: what is retried, removed or fails anew before its turn is skipped. Start it within an hour of
the dry run.</p>
<form method="post" action="${action}/start">
<label>Why <textarea name="why" required maxlength="500" rows="2"></textarea></label>
<label>At most this many a second <input name="perSecond" type="number" required min="1" max="1000" value="10"></label>
<button>Start</button>
</form>`;

const progress = (redrive: Redrive) => {
  const { state, named, taken, skipped, endedMs, stoppedBy } = redrive;
  const done = taken + skipped;
  return html`<p><strong>${inWordsOf[state]}</strong>${stoppedBy ? ` by ${stoppedBy}` : ''}${endedMs ? html` at ${momentOf(endedMs)}` : ''}</p>
<p><progress max="${named}" value="${done}" aria-label="Progress"></progress> ${done} of ${named}:
${taken} taken, ${skipped} skipped, ${named - done} left${
    state === 'running' ? `, done in about ${inWords(forecastMs(redrive, Date.now()))}` : ''
  }.</p>`;
};

const stopForm = (action: string) =>
  html`<form method="post" action="${action}/stop"><button>Stop</button></form>`;

const order = ({ order: given, startedMs }: Redrive) =>
  html`<p>Started by ${given?.by ?? ''}${startedMs ? html` at ${momentOf(startedMs)}` : ''}, at most ${given?.perSecond ?? ''} a
second: ${given?.why ?? ''}</p>`;

const examples = ({ examples: some, named }: Redrive, find: string) =>
  some.length === 0
    ? ''
    : html`<h2>${some.length === named ? 'All of them' : 'Some of them'}</h2>
<div class="scroll" tabindex="0" role="region" aria-label="Examples">
<table>
<thead><tr><th>Id</th><th>Failed</th><th>Reason</th></tr></thead>
<tbody>${some.map(
        ({ id, failedAtMs, reason }) =>
          html`<tr><th scope="row"><a href="${find}/${id.replace(/^welcome-/, '')}">${id}</a></th><td>${momentOf(failedAtMs)}</td><td>${reason}</td></tr>`,
      )}</tbody>
</table>
</div>`;
