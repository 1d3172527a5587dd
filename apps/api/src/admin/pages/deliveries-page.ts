import type { Delivery } from '@backend-jobs/mail/deliveries';
import { inWords } from '@backend-jobs/runtime';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import { html } from '../../pages/html.ts';
import { allowOwnPage } from '../../pages/page.ts';
import { sendAdminPage } from './admin-page.ts';
import { shareReading } from './share-reading.ts';

const hourMs = 60 * 60 * 1_000;
const choices = ['1', '6', '24', '48'] as const;

const schema = {
  hide: true,
  querystring: Type.Object({ hours: Type.Optional(Type.String({ pattern: `^(${choices.join('|')})$` })) }),
};

/** Reads the deliveries by domain since then. */
export type ReadDeliveries = (fromMs: number) => Promise<Delivery[]>;

/** `GET /admin/deliveries`: what the mail server did with the messages to each domain. */
export const deliveriesPage: FastifyPluginAsyncTypebox<{ readDeliveries: ReadDeliveries }> = async (
  app,
  { readDeliveries },
) => {
  const readers = new Map<string, ReturnType<typeof shareReading<Delivery[]>>>(
    choices.map((hours) => [hours, shareReading(() => readDeliveries(Date.now() - Number(hours) * hourMs))]),
  );
  app.get('/deliveries', { schema, onRequest: allowOwnPage }, async (request, reply) => {
    const { hours = '24' } = request.query;
    const deliveries = (await readers.get(hours)?.()) ?? [];
    const links = choices.map((choice) => {
      const text = inWords(Number(choice) * hourMs);
      return choice === hours
        ? html`<strong>${text}</strong> `
        : html`<a href="?hours=${choice}">${text}</a> `;
    });
    const main = await html`<h1>Deliveries by domain</h1>
<p>What the mail server replied, as often as it was asked. Domains with fewer than five messages are added up as
“other”.</p>
<p>In the last: ${links}</p>
${deliveries.length === 0 ? html`<p class="empty">No message was handed over.</p>` : tableOf(deliveries)}`;
    return sendAdminPage(request, reply, { title: 'Deliveries', main });
  });
};

const tableOf = (
  deliveries: readonly Delivery[],
) => html`<div class="scroll" tabindex="0" role="region" aria-label="Deliveries">
<table>
<thead><tr><th>Domain</th><th class="number">Taken</th><th class="number">Deferred</th><th class="number">Refused</th><th class="number">Uncertain</th></tr></thead>
<tbody>${deliveries.map(
  ({ domain, taken, deferred, refused, uncertain }) => html`<tr>
<th scope="row">${domain}</th>
<td class="number">${taken}</td><td class="number">${deferred}</td><td class="number">${refused}</td><td class="number">${uncertain}</td>
</tr>`,
)}</tbody>
</table>
</div>`;
