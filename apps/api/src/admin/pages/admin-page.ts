import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Html, html } from '../../pages/html.ts';
import { sendPage } from '../../pages/page.ts';

const links = [
  ['', 'Overview'],
  ['/find', 'Find'],
  ['/failures', 'Failures'],
  ['/deliveries', 'Deliveries'],
  ['/trail', 'Audit trail'],
  ['/queues', 'Queues'],
] as const;

/** Sends a page for operators, below the links to the others. */
export const sendAdminPage = async (
  request: FastifyRequest,
  reply: FastifyReply,
  { title, main }: { title: string; main: Html },
): Promise<FastifyReply> => {
  const base = `${reply.server.basePath}/admin`;
  const path = request.url.split('?')[0]?.replace(/\/$/, '') ?? '';
  const items = links.map(([url, text]) => {
    const isHere = `/admin${url}` === path;
    return html`<li><a href="${base}${url}" ${isHere ? html`aria-current="page"` : ''}>${text}</a></li>`;
  });
  const { name = '', role = '' } = request.operator ?? {};
  const header = await html`<header class="bar">
<p class="brand">Backend Jobs</p>
<nav aria-label="Operators"><ul>${items}</ul></nav>
<p class="who">${name} <small>${role}</small></p>
</header>`;
  return sendPage(reply, { title: `${title} · Backend Jobs`, stylesheet: 'admin.css', header, main });
};

/** A moment, in UTC, to the second. */
export const momentOf = (ms: number): Html | Promise<Html> => {
  const iso = new Date(ms).toISOString();
  return html`<time datetime="${iso}">${iso.slice(0, 19).replace('T', ' ')}</time>`;
};
