import type { RedriveSelection } from '@backend-jobs/jobs';
import { oneOf } from '@backend-jobs/sign-ups';
import { type Static, Type } from '@sinclair/typebox';
import { Problem } from '../../problems/problem.ts';

/** As a browser sends it, to the minute or the second. It is taken for UTC, as the page says. */
const Moment = Type.String({ pattern: '^(\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}(:\\d{2})?)?$' });

/** What the forms of the failures send, all of it as text. An empty field is one that was not filled in. */
export const SelectionForm = Type.Object(
  {
    of: oneOf(['users', 'emails', 'unsent-emails']),
    statuses: Type.Optional(oneOf(['failed unknown', 'failed', 'unknown'])),
    reason: Type.Optional(Type.String({ maxLength: 400 })),
    from: Type.Optional(Moment),
    to: Type.Optional(Moment),
  },
  { additionalProperties: false },
);
export type SelectionForm = Static<typeof SelectionForm>;

/** @throws {Problem} `invalid-request` for a moment that there is not, like one at 25:00, or one before 1970 */
export const toSelection = ({ of, statuses, reason, from, to }: SelectionForm): RedriveSelection => {
  const span = {
    ...(reason && { reason }),
    ...(from && { fromMs: toMs(from) }),
    // The whole of the minute, or the second, that was asked for.
    ...(to && { toMs: toMs(to) + (to.length === 16 ? 60_000 : 1_000) - 1 }),
  };
  return of === 'unsent-emails'
    ? { kind: 'unsent-emails', statuses: toStatuses(statuses), ...span }
    : { kind: 'failed-jobs', queue: of, ...span };
};

const toMs = (moment: string): number => {
  const ms = Date.parse(`${moment}Z`);
  if (ms >= 0) return ms;
  throw new Problem('invalid-request', `There is no moment ${moment} since 1970`);
};

const toStatuses = (statuses: SelectionForm['statuses']): ('failed' | 'unknown')[] =>
  statuses === 'failed' || statuses === 'unknown' ? [statuses] : ['failed', 'unknown'];

/** In words, for a page: `failed jobs of emails, because of "expired", from 2026-01-31 12:00:00`. */
export const describeSelection = (selection: RedriveSelection): string => {
  const what =
    selection.kind === 'failed-jobs'
      ? `failed jobs of ${selection.queue}`
      : `welcomes that are ${selection.statuses.join(' or ')}`;
  const { reason, fromMs, toMs } = selection;
  const parts = [
    what,
    reason && `because of “${reason}”`,
    fromMs !== undefined && `from ${textOf(fromMs)}`,
    toMs !== undefined && `until ${textOf(toMs)}`,
  ];
  return parts.filter(Boolean).join(', ');
};

/** RFC 3339 for people: in UTC, to the second. */
const textOf = (ms: number): string => {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? String(ms) : date.toISOString().slice(0, 19).replace('T', ' ');
};
