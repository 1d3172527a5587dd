import {
  type FailureGroup,
  type FailureGroups,
  groupFailures,
  mergeFailureGroups,
  type Redrive,
  type Redrives,
} from '@backend-jobs/jobs';
import type { FastifyPluginAsync } from 'fastify';
import { html } from '../../pages/html.ts';
import { allowOwnPage } from '../../pages/page.ts';
import { momentOf, sendAdminPage } from './admin-page.ts';
import { describeSelection } from './redrive-form.ts';
import type { ServiceStateOptions } from './service-state.ts';
import { shareReading } from './share-reading.ts';

interface Options {
  service: Pick<ServiceStateOptions, 'shards'>;
  redrives: Redrives;
}

/** `GET /admin/failures`: what has failed and why, and the redrives. */
export const failuresPage: FastifyPluginAsync<Options> = async (app, { service, redrives }) => {
  const readFailures = shareReading(async () => {
    const byShard = service.shards.map(({ connection, queues }) => groupFailures(connection, queues));
    return mergeFailureGroups(await Promise.all(byShard));
  });
  app.get('/failures', { schema: { hide: true }, onRequest: allowOwnPage }, async (request, reply) => {
    const [failures, known] = await Promise.all([readFailures(), redrives.list()]);
    const action = `${app.basePath}/admin/redrives/plan`;
    const main = await html`<h1>Failures</h1>
${groupTable(failures, action)}
<p>A redrive runs jobs again, with all their attempts. A dry run shows first which jobs it would take; nothing runs before
you start it. Times are in UTC.</p>
<div class="cards">${jobsForm(action)} ${emailsForm(action)}</div>
<h2>Redrives</h2>
${known.length === 0 ? html`<p class="empty">None yet.</p>` : redriveTable(known, app.basePath)}`;
    return sendAdminPage(request, reply, { title: 'Failures', main });
  });
};

const groupTable = ({ groups, others }: FailureGroups, action: string) =>
  groups.length === 0
    ? html`<p class="empty">No job has failed.</p>`
    : html`<div class="scroll" tabindex="0" role="region" aria-label="Failed jobs by reason">
<table>
<thead><tr><th>Queue</th><th>Reason</th><th class="number">Jobs</th><th>First</th><th>Last</th><th>Redrive</th></tr></thead>
<tbody>${groups.map((group) => groupRow(group, action))}</tbody>
</table>
</div>
${others > 0 ? html`<p>${others} more failed jobs are in none of these groups.</p>` : ''}`;

const groupRow = ({ queue, reason, count, oldestMs, newestMs }: FailureGroup, action: string) => html`<tr>
<td>${queue}</td>
<th scope="row">${reason}</th>
<td class="number">${count}</td>
<td>${momentOf(oldestMs)}</td>
<td>${momentOf(newestMs)}</td>
<td><form method="post" action="${action}">
<input type="hidden" name="of" value="${queue}"><input type="hidden" name="reason" value="${reason}">
<button aria-label="Dry run of ${queue}: ${reason}">Dry run</button>
</form></td>
</tr>`;

const spanFields = (about: string) => html`
<label>${about} from (UTC) <input type="datetime-local" name="from" step="1"></label>
<label>${about} until (UTC) <input type="datetime-local" name="to" step="1"></label>
<button>Dry run</button>`;

const jobsForm = (action: string) => html`<section><h2>Failed jobs</h2>
<form method="post" action="${action}">
<label>Queue <select name="of"><option value="emails">emails</option><option value="users">users</option></select></label>
<label>Reason, as it is in the table above; leave it empty for any <input name="reason" maxlength="400"></label>
${spanFields('Failed')}
</form></section>`;

const emailsForm = (action: string) => html`<section><h2>Welcome emails that may not have arrived</h2>
<p>This also finds those whose job is gone. A welcome email that an operator has removed is not sent.</p>
<form method="post" action="${action}">
<input type="hidden" name="of" value="unsent-emails">
<label>Which <select name="statuses">
<option value="failed unknown">failed, or unknown</option><option value="failed">failed</option><option value="unknown">unknown</option>
</select></label>
${spanFields('Ended')}
</form></section>`;

const redriveTable = (
  redrives: readonly Redrive[],
  basePath: string,
) => html`<div class="scroll" tabindex="0" role="region" aria-label="Redrives">
<table>
<thead><tr><th>Made</th><th>What</th><th>State</th><th class="number">Named</th><th class="number">Taken</th><th class="number">Skipped</th><th>Who</th><th>Why</th></tr></thead>
<tbody>${redrives.map(
  ({ id, plannedMs, selection, state, named, taken, skipped, order }) => html`<tr>
<td>${momentOf(plannedMs)}</td>
<th scope="row"><a href="${basePath}/admin/redrives/${id}">${describeSelection(selection)}</a></th>
<td>${state}</td>
<td class="number">${named}</td><td class="number">${taken}</td><td class="number">${skipped}</td>
<td>${order?.by ?? ''}</td><td>${order?.why ?? ''}</td>
</tr>`,
)}</tbody>
</table>
</div>`;
