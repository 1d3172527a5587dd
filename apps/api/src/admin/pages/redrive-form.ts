import type { RedriveSelection } from '@backend-jobs/jobs';
import { oneOf } from '@backend-jobs/sign-ups';
import { type Static, Type } from '@sinclair/typebox';

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

export const toSelection = ({ of, statuses, reason, from, to }: SelectionForm): RedriveSelection => {
  const span = {
    ...(reason && { reason }),
    ...(from && { fromMs: Date.parse(`${from}Z`) }),
    // The whole of the minute, or the second, that was asked for.
    ...(to && { toMs: Date.parse(`${to}Z`) + (to.length === 16 ? 60_000 : 1_000) - 1 }),
  };
  return of === 'unsent-emails'
    ? { kind: 'unsent-emails', statuses: toStatuses(statuses), ...span }
    : { kind: 'failed-jobs', queue: of, ...span };
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
