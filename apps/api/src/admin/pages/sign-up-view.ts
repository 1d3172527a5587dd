import type { JobFacts, SignUpFacts } from '@backend-jobs/jobs';
import { boardName } from '../../dashboard/board-name.ts';
import { mask } from '../../dashboard/mask-person.ts';
import { type Html, html } from '../../pages/html.ts';
import { momentOf } from './admin-page.ts';

type Piece = Html | Promise<Html> | string | number;

/** All there is to know of one sign-up, with the person masked. */
export const signUpView = (facts: SignUpFacts, adminUrl: string, shard: string) => {
  const { id, signUp, createUser, sendWelcomeEmail, newUser } = facts;
  const known = signUp?.outcome === 'created' ? signUp.user : newUser;
  const person = known && mask(known);
  const email = signUp?.outcome === 'created' ? signUp.welcomeEmail : undefined;
  return html`<h1>Sign-up</h1>
<p><code>${id}</code></p>
${list([
  ['Status', signUp?.outcome ?? 'queued'],
  ['Why', signUp?.outcome === 'rejected' ? signUp.reason : undefined],
  ['Name', person?.name],
  ['Address', person?.email],
  ['Welcome email', email?.status],
  ['Attempts', email?.attempts],
  ['May have arrived', email?.uncertainAttempts],
  ['Message-ID', email?.messageId],
  ['Last error', email?.error],
])}
${jobView('create-user', queueUrl(adminUrl, shard, 'users'), createUser)}
${jobView('send-welcome-email', queueUrl(adminUrl, shard, 'emails'), sendWelcomeEmail)}
<p>Times are in UTC. <a href="${adminUrl}/find">Find another</a></p>`;
};

const queueUrl = (adminUrl: string, shard: string, queue: string): string =>
  `${adminUrl}/queues/queue/${encodeURIComponent(boardName(shard, queue))}`;

const jobView = (name: string, queueUrl: string, job: JobFacts | undefined) =>
  job
    ? html`<h2><a href="${queueUrl}/${encodeURIComponent(job.id)}">${name}</a></h2>
${list([
  ['State', job.state],
  ['Added', moment(job.addedMs)],
  ['Last started', moment(job.startedMs)],
  ['Next attempt', moment(job.dueMs)],
  ['Ended', moment(job.endedMs)],
  ['Attempts', job.attempts],
  ['Workers that died with it', job.losses || undefined],
  ['Last error', job.failure],
])}`
    : html`<h2>${name}</h2><p class="empty">Its job is gone, or was never added. Jobs that are completed are kept for an hour.</p>`;

const moment = (ms: number | undefined) => (ms === undefined ? undefined : momentOf(ms));

const list = (facts: readonly (readonly [string, Piece | undefined])[]) =>
  html`<dl>${facts.map(([name, value]) => (value === undefined ? '' : html`<dt>${name}</dt><dd>${value}</dd>`))}</dl>`;
