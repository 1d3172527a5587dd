import { oneOf, UserId } from '@backend-jobs/sign-ups';
import { type Static, Type } from '@sinclair/typebox';
import { failureQueues } from './failure-groups.ts';

const Instant = Type.Integer({ minimum: 0, description: 'In ms since 1970' });

const span = {
  /** As `groupReason` writes it. Without one, jobs of every reason are selected. */
  reason: Type.Optional(Type.String({ maxLength: 400 })),
  fromMs: Type.Optional(Instant),
  toMs: Type.Optional(Instant),
};

/**
 * What to take again:
 *
 * - `failed-jobs` of one queue, by the time of their failure;
 * - `unsent-emails`: the welcomes that ended as `failed` or `unknown`, by the time that they ended, whether their jobs are
 *   still there or not. One that an operator removed is never among them.
 */
export const RedriveSelection = Type.Union([
  Type.Object({ kind: Type.Literal('failed-jobs'), queue: oneOf([...failureQueues]), ...span }),
  Type.Object({
    kind: Type.Literal('unsent-emails'),
    statuses: Type.Array(oneOf(['failed', 'unknown']), { minItems: 1, uniqueItems: true }),
    ...span,
  }),
]);
export type RedriveSelection = Static<typeof RedriveSelection>;

/** Who starts a redrive, why, and how many jobs a second it takes. */
export const RedriveOrder = Type.Object({
  by: Type.String({ minLength: 1, maxLength: 100 }),
  why: Type.String({ minLength: 1, maxLength: 500 }),
  perSecond: Type.Integer({ minimum: 1, maximum: 1_000 }),
});
export type RedriveOrder = Static<typeof RedriveOrder>;

/** One of those that a redrive takes, to be shown to an operator. It has nothing of the person. */
const RedriveExample = Type.Object({ id: Type.String(), failedAtMs: Type.Number(), reason: Type.String() });
export type RedriveExample = Static<typeof RedriveExample>;

/**
 * What a redrive takes is named by its dry run, and by that alone.
 *
 * ```
 *   planned ──start──▶ running ──────▶ finished
 *      │                  └───stop───▶ stopped
 *      └─ is forgotten after an hour
 * ```
 */
export const Redrive = Type.Object({
  id: UserId,
  selection: RedriveSelection,
  state: oneOf(['planned', 'running', 'finished', 'stopped']),
  plannedMs: Type.Number(),
  /** How many the dry run has named, and whether there were more than one redrive may take. */
  named: Type.Number(),
  hasMore: Type.Boolean(),
  examples: Type.Array(RedriveExample),
  /** How many run again, and how many were skipped: somebody else retried or removed them, or they have failed anew. */
  taken: Type.Number(),
  skipped: Type.Number(),
  /** Of the part in one shard, this may be less than one a second. */
  order: Type.Optional(
    Type.Object({ ...RedriveOrder.properties, perSecond: Type.Number({ exclusiveMinimum: 0 }) }),
  ),
  startedMs: Type.Optional(Type.Number()),
  endedMs: Type.Optional(Type.Number()),
  stoppedBy: Type.Optional(Type.String()),
});
export type Redrive = Static<typeof Redrive>;

/** How many one redrive takes at most. Another redrive can take the rest. */
export const mostNamed = 100_000;

/** In how many ms a running redrive will have ended, at the speed that it has had so far. */
export const forecastMs = ({ named, taken, skipped, order, startedMs }: Redrive, nowMs: number): number => {
  const done = taken + skipped;
  const perMs = (order?.perSecond ?? 1) / 1_000;
  const reached = startedMs === undefined || done === 0 ? perMs : done / Math.max(1, nowMs - startedMs);
  return Math.round((named - done) / Math.min(perMs, reached));
};
