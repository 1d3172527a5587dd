import { type HourOfDurations, percentileOf, readDurations } from '@backend-jobs/jobs';
import type {
  MetricsHistoryPoint,
  MetricsHistoryProvider,
  MetricsHistoryQuery,
  MetricsLatencyQuery,
} from '@bull-board/api/typings/app';
import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { boardDelimiter, boardName } from './board-name.ts';
import type { BoardShard } from './dashboard-plugin.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const periodMs = { hour: hourMs, day: 24 * hourMs, range: Number.POSITIVE_INFINITY };

/**
 * What Bull Board draws: how many jobs ended, as BullMQ's workers count them for a day, and how long jobs waited and ran, as
 * our workers do for eight days.
 */
export const createBoardHistory = (
  connection: Redis,
  shards: readonly Pick<BoardShard, 'name' | 'queues'>[],
  keyPrefix: string,
): MetricsHistoryProvider => ({
  getHistory: async (query) => {
    if (query.metric === 'queueage') return [];
    const named = shards.flatMap(({ name, queues }) =>
      queues.map((queue) => ({ name: boardName(name, queue.name), queue })),
    );
    const wanted = named.filter(({ name }) => query.queue === undefined || name === query.queue);
    const points = await Promise.all(wanted.map(({ queue }) => readMinutes(queue, query)));
    return addUp(points.flat(), query);
  },

  getLatency: async ({ queue, metric, from, to, granularity, percentiles }) => {
    // They are counted for all shards together.
    const name = queue?.split(boardDelimiter).at(-1);
    const hours = await readDurations(connection, keyPrefix, { kind: metric, queue: name, fromMs: from });
    const within = hours.filter(({ startMs }) => startMs <= to);
    const periods = Map.groupBy(within, ({ startMs }) => startOf(startMs, { granularity, from }));
    return [...periods].map(([ts, itsHours]) => toPoint(ts, itsHours, percentiles));
  },
});

const startOf = (
  ms: number,
  { granularity, from }: Pick<MetricsLatencyQuery, 'granularity' | 'from'>,
): number => (granularity === 'range' ? from : ms - (ms % periodMs[granularity]));

/** BullMQ has the newest minute first, and the one that it still counts is not among them. */
const readMinutes = async (
  queue: Queue,
  { metric, from, to }: MetricsHistoryQuery,
): Promise<MetricsHistoryPoint[]> => {
  const { meta, data } = await queue.getMetrics(metric as 'completed' | 'failed');
  const currentMs = meta.prevTS - (meta.prevTS % minuteMs);
  const points = data.map((value, index) => ({
    ts: currentMs - (index + 1) * minuteMs,
    value: Number(value),
  }));
  return points.filter(({ ts, value }) => value > 0 && ts >= from - minuteMs && ts <= to);
};

const addUp = (points: MetricsHistoryPoint[], query: MetricsHistoryQuery): MetricsHistoryPoint[] => {
  const periods = Map.groupBy(points, ({ ts }) => startOf(ts, query));
  const sums = [...periods].map(([ts, its]) => ({
    ts,
    value: its.reduce((sum, { value }) => sum + value, 0),
  }));
  return sums.sort((a, b) => a.ts - b.ts);
};

const toPoint = (ts: number, hours: HourOfDurations[], percentiles: number[]) => {
  const byStep = (hours[0]?.byStep ?? []).map((_, step) =>
    hours.reduce((sum, hour) => sum + (hour.byStep[step] ?? 0), 0),
  );
  const count = byStep.reduce((sum, each) => sum + each, 0);
  const values = Object.fromEntries(
    percentiles.map((percent) => [String(percent), Math.round(percentileOf(byStep, percent))]),
  );
  return { ts, count, values };
};
