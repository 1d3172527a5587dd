import type { SignUpStore, UserId, WelcomeEmailLedger } from '@backend-jobs/sign-ups';
import type { Redis } from 'ioredis';
import type { Queues } from '../queues.ts';
import { emailJobId } from '../send-welcome-email-job.ts';
import { readFailedJobs } from './failed-jobs.ts';
import { groupReason } from './failure-reason.ts';
import type { Named } from './named.ts';
import type { RedriveSelection } from './redrive.ts';

export interface NameDeps {
  connection: Redis;
  queues: Queues;
  signUpStore: SignUpStore;
  welcomeEmails: WelcomeEmailLedger;
  /** Whether this shard has the jobs of a sign-up; `undefined` where the stores have those of this shard alone. */
  isOwn?: ((id: UserId) => boolean) | undefined;
}

type Found = Named & { reason: string };

/** Finds what is selected, in pages, and changes nothing. */
export const nameSelected = (deps: NameDeps, selection: RedriveSelection): AsyncGenerator<Found[]> =>
  selection.kind === 'failed-jobs' ? nameFailedJobs(deps, selection) : nameUnsentEmails(deps, selection);

const nameFailedJobs = async function* (
  { connection, queues }: NameDeps,
  selection: RedriveSelection & { kind: 'failed-jobs' },
): AsyncGenerator<Found[]> {
  for await (const page of readFailedJobs(connection, queues[selection.queue], selection))
    yield page
      .filter(({ reason }) => isSelected(selection, reason))
      .map(({ id, failedAtMs, reason }) => ({ kind: 'job', id, atMs: failedAtMs, reason }));
};

const nameUnsentEmails = async function* (
  { connection, queues, signUpStore, welcomeEmails, isOwn = () => true }: NameDeps,
  selection: RedriveSelection & { kind: 'unsent-emails' },
): AsyncGenerator<Found[]> {
  const { fromMs, toMs, statuses } = selection;
  const span = { ...(fromMs !== undefined && { from: fromMs }), ...(toMs !== undefined && { to: toMs }) };

  const find = async ({ id, endedMs }: { id: UserId; endedMs: number }): Promise<Found[]> => {
    const [signUp, failedAt] = await Promise.all([
      signUpStore.find(id),
      connection.zscore(queues.emails.toKey('failed'), emailJobId(id)),
    ]);
    if (signUp?.outcome !== 'created') return [];
    const { status, error: reason = '' } = signUp.welcomeEmail;
    const isWanted = statuses.some((wanted) => wanted === status) && isSelected(selection, reason);
    if (!isWanted) return [];
    return failedAt === null
      ? [{ kind: 'email', id, atMs: endedMs, reason }]
      : [{ kind: 'job', id: emailJobId(id), atMs: Number(failedAt), reason }];
  };

  for await (const page of welcomeEmails.findUnsent(span))
    yield (await Promise.all(page.filter(({ id }) => isOwn(id)).map(find))).flat();
};

const isSelected = ({ reason: wanted }: RedriveSelection, reason: string): boolean =>
  wanted === undefined || groupReason(reason) === wanted;
