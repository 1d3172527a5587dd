import type { Redis } from 'ioredis';
import type { Queues } from '../queues.ts';
import { readFailedJobs, type Span } from './failed-jobs.ts';
import { groupReason } from './failure-reason.ts';

/** The queues whose failures an operator looks at. */
export const failureQueues = ['users', 'emails'] as const;
export type FailureQueue = (typeof failureQueues)[number];

/** The failed jobs of one queue that failed for the same reason, as `groupReason` writes it. */
export interface FailureGroup {
  queue: FailureQueue;
  reason: string;
  count: number;
  oldestMs: number;
  newestMs: number;
}

export interface FailureGroups {
  /** The largest first. */
  groups: FailureGroup[];
  /** How many failed jobs are in none of `groups`: there are more jobs, or more reasons, than are read. */
  others: number;
}

/** How many failed jobs of a queue are read at most, and how many groups there are at most. */
const mostFailures = 100_000;
const mostGroups = 200;

/** Groups the failed jobs of both queues by their reason. It changes nothing. */
export const groupFailures = async (
  connection: Redis,
  queues: Queues,
  span: Span = {},
): Promise<FailureGroups> => {
  const groups = new Map<string, FailureGroup>();
  let others = 0;
  for (const queue of failureQueues) {
    let seen = 0;
    for await (const page of readFailedJobs(connection, queues[queue], span)) {
      for (const { failedAtMs, reason } of page) {
        const added = addTo(groups, { queue, reason: groupReason(reason), failedAtMs });
        if (!added) others += 1;
      }
      seen += page.length;
      if (seen >= mostFailures) break;
    }
    if (seen >= mostFailures) others += await countAfter(connection, queues, queue, seen, span);
  }
  return { groups: [...groups.values()].sort((a, b) => b.count - a.count), others };
};

const addTo = (
  groups: Map<string, FailureGroup>,
  { queue, reason, failedAtMs }: { queue: FailureQueue; reason: string; failedAtMs: number },
): boolean => {
  const key = `${queue} ${reason}`;
  const group = groups.get(key);
  if (!group) {
    if (groups.size >= mostGroups) return false;
    groups.set(key, { queue, reason, count: 1, oldestMs: failedAtMs, newestMs: failedAtMs });
    return true;
  }
  group.count += 1;
  group.oldestMs = Math.min(group.oldestMs, failedAtMs);
  group.newestMs = Math.max(group.newestMs, failedAtMs);
  return true;
};

const countAfter = async (
  connection: Redis,
  queues: Queues,
  queue: FailureQueue,
  seen: number,
  { fromMs, toMs }: Span,
): Promise<number> => {
  const all = await connection.zcount(queues[queue].toKey('failed'), fromMs ?? '-inf', toMs ?? '+inf');
  return Math.max(0, all - seen);
};

/** Adds up the groups of several shards. */
export const mergeFailureGroups = (shards: readonly FailureGroups[]): FailureGroups => {
  const merged = new Map<string, FailureGroup>();
  for (const group of shards.flatMap(({ groups }) => groups)) {
    const known = merged.get(`${group.queue} ${group.reason}`) ?? { ...group, count: 0 };
    merged.set(`${group.queue} ${group.reason}`, {
      ...group,
      count: known.count + group.count,
      oldestMs: Math.min(known.oldestMs, group.oldestMs),
      newestMs: Math.max(known.newestMs, group.newestMs),
    });
  }
  const groups = [...merged.values()].sort((a, b) => b.count - a.count);
  const others = shards.reduce((sum, shard) => sum + shard.others, 0);
  const rest = groups.slice(mostGroups).reduce((sum, { count }) => sum + count, 0);
  return { groups: groups.slice(0, mostGroups), others: others + rest };
};
