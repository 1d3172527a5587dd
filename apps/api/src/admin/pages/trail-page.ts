import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import { html } from '../../pages/html.ts';
import { allowOwnPage } from '../../pages/page.ts';
import type { Trail, TrailEntry } from '../access/trail.ts';
import { momentOf, sendAdminPage } from './admin-page.ts';

const perPage = 100;

const schema = {
  hide: true,
  querystring: Type.Object({ before: Type.Optional(Type.String({ pattern: '^[1-9]\\d{0,15}-\\d{1,16}$' })) }),
};

/** `GET /admin/trail`: who did what, when and why, and how it ended. */
export const trailPage: FastifyPluginAsyncTypebox<{ trail: Trail }> = async (app, { trail }) => {
  app.get('/trail', { schema, onRequest: allowOwnPage }, async (request, reply) => {
    const entries = await trail.read({ count: perPage, before: request.query.before });
    const oldest = entries.length === perPage ? entries.at(-1) : undefined;
    const main = await html`<h1>Audit trail</h1>
<p>What operators did, or were refused, on these pages and on Bull Board. The newest is first; times are in UTC.</p>
${entries.length === 0 ? html`<p class="empty">Nothing yet.</p>` : tableOf(entries)}
${oldest ? html`<p><a href="?before=${oldest.id}">Earlier</a></p>` : ''}`;
    return sendAdminPage(request, reply, { title: 'Audit trail', main });
  });
};

const tableOf = (
  entries: readonly TrailEntry[],
) => html`<div class="scroll" tabindex="0" role="region" aria-label="Actions">
<table>
<thead><tr><th>When</th><th>Who</th><th>What</th><th>About</th><th>Why</th><th>How it ended</th></tr></thead>
<tbody>${entries.map(
  ({ at, by, action, target, why, ending }) => html`<tr>
<td>${momentOf(at.getTime())}</td>
<td>${by.name} <small>${by.role}</small></td>
<td>${action}</td>
<td>${Object.values(target).join(' / ')}</td>
<td>${why ?? ''}</td>
<td>${ending ? html`<span class="${ending.outcome}">${ending.outcome}</span> <small>${ending.status}</small>` : 'not known'}</td>
</tr>`,
)}</tbody>
</table>
</div>`;
