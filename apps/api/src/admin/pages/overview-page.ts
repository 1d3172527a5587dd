import { inWords } from '@backend-jobs/runtime';
import type { FastifyPluginAsync } from 'fastify';
import { html } from '../../pages/html.ts';
import { allowOwnPage } from '../../pages/page.ts';
import { sendAdminPage } from './admin-page.ts';
import { readServiceState, type ServiceState, type ServiceStateOptions } from './service-state.ts';

/** `GET /admin`: how the service stands now. */
export const overviewPage: FastifyPluginAsync<{ service: ServiceStateOptions }> = async (
  app,
  { service },
) => {
  app.get('/', { schema: { hide: true }, onRequest: allowOwnPage }, async (request, reply) => {
    const state = await readServiceState(service);
    const main = await html`<h1>Overview</h1>
${queueTable(state)}
<div class="cards">
${signUpCard(state, `${app.basePath}/admin`)} ${mailCard(state)} ${workerCard(state)} ${redisCard(state)}
</div>
<p><a href="">Look again</a></p>`;
    return sendAdminPage(request, reply, { title: 'Overview', main });
  });
};

const ago = (sinceMs: number | undefined, { nowMs }: ServiceState): string =>
  sinceMs === undefined ? '–' : inWords(nowMs - sinceMs);

const queueTable = (
  service: ServiceState,
) => html`<div class="scroll" tabindex="0" role="region" aria-label="Queues">
<table>
<thead><tr><th>Queue</th><th class="number">Waiting</th><th class="number">Oldest waits for</th><th class="number">Active</th><th class="number">Later</th><th class="number">Parked</th>
<th class="number">Failed</th><th class="number">Oldest failed for</th><th class="number">Done in 5 min</th><th class="number">Failed in 5 min</th></tr></thead>
<tbody>${service.queues.map(
  ({ name, state: { counts, isPaused, oldestWaitingMs, oldestFailedMs }, throughput }) => html`<tr>
<th scope="row">${name} ${isPaused ? html`<span class="failed">paused</span>` : ''}</th>
<td class="number">${counts.waiting}</td>
<td class="number">${ago(oldestWaitingMs, service)}</td>
<td class="number">${counts.active}</td>
<td class="number">${counts.delayed}</td>
<td class="number">${counts['waiting-children']}</td>
<td class="number">${counts.failed > 0 ? html`<strong class="failed">${counts.failed}</strong>` : 0}</td>
<td class="number">${ago(oldestFailedMs, service)}</td>
<td class="number">${throughput.completed}</td>
<td class="number">${throughput.failed}</td>
</tr>`,
)}</tbody>
</table>
</div>`;

const signUpCard = (service: ServiceState, adminUrl: string) => {
  const { oldestUnsettled } = service;
  return html`<section><h2>Sign-ups</h2>${
    oldestUnsettled
      ? html`<p>The oldest welcome that is under way is ${ago(acceptedMs(oldestUnsettled), service)} old:
<a href="${adminUrl}/find/${oldestUnsettled}">look at it</a>.</p>`
      : html`<p>Everybody who was created has been welcomed, or is known not to be.</p>`
  }</section>`;
};

const mailCard = (service: ServiceState) => {
  const { lastTakenMs, isHeldBack } = service.mail;
  const last = lastTakenMs
    ? `It took a message ${ago(lastTakenMs, service)} ago.`
    : 'It took none in the last 10 min.';
  return html`<section><h2>Mail server</h2><p>${
    isHeldBack
      ? html`<strong class="failed">The emails are held back</strong>: the server can't be reached or refuses everybody,
or EMAILS_RATE is used up.`
      : ''
  } ${last}</p></section>`;
};

const workerCard = ({ workers }: ServiceState) =>
  html`<section><h2>Workers</h2>${
    workers
      ? html`<ul>${workers.map((name) => html`<li>${name}</li>`)}</ul>`
      : html`<p><strong class="failed">None can be seen.</strong> Start one, or allow the Redis user
<code>+client|list</code>.</p>`
  }</section>`;

const redisCard = ({ redis }: ServiceState) => {
  const { used_memory_human: used, maxmemory_human: most = '0B', maxmemory_policy: policy } = redis;
  if (!used)
    return html`<section><h2>Redis</h2><p>It may not be asked how it is (<code>+info</code>).</p></section>`;
  const version = `${redis.server_name ?? 'redis'} ${redis.valkey_version ?? redis.redis_version}, ${redis.role}`;
  return html`<section><h2>Redis</h2><p>${version}. Memory: ${used}${most === '0B' ? ', no limit' : ` of ${most}`},
${policy}. ${redis.connected_clients} clients, up for ${inWords(Number(redis.uptime_in_seconds) * 1_000)}.</p></section>`;
};

/** A UUIDv7 begins with its time (RFC 9562, section 5.7). */
const acceptedMs = (id: string): number => Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16);
