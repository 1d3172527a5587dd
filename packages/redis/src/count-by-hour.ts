import type { Redis } from 'ioredis';
import { redisNowMs } from './clock.ts';
import { defineScript } from './define-script.ts';

const hourMs = 60 * 60 * 1_000;
const flushMs = 10_000;

/** Where counts are kept, for how many hours, and how many of them an hour may have. */
export interface CountsLayout {
  keyPrefix: string;
  name: string;
  hours: number;
  most: number;
}

/** Counts of all processes, by the hour. */
export interface HourlyCounter {
  /** Counts in memory. The first word of `name` stays when there are too many names: the rest becomes `other`. */
  add(name: string): void;
  /** Writes down what was counted since the last time. It does so every 10 s by itself. */
  flush(): Promise<void>;
}

const countByHour = defineScript(new URL('./count-by-hour.lua', import.meta.url), {
  keys: ['counts'],
  args: ['added', 'most', 'keptS'],
});

const keyOf = ({ keyPrefix, name }: CountsLayout, hour: number): string => `${keyPrefix}:${name}:${hour}`;

/**
 * Adds up in memory, so that counting costs no command, and writes the sums down every 10 s. A process that is killed loses
 * what it has counted since: these are figures to look at, and nothing is decided by them.
 */
export const createHourlyCounter = (connection: Redis, layout: CountsLayout): HourlyCounter => {
  const count = countByHour(connection);
  let pending = new Map<string, number>();
  let last = Promise.resolve();

  const add = (name: string, number: number): void => {
    const isNew = !pending.has(name);
    const key = isNew && pending.size >= layout.most ? `${name.split(' ')[0]} other` : name;
    pending.set(key, (pending.get(key) ?? 0) + number);
  };

  const write = async (): Promise<void> => {
    if (pending.size === 0) return;
    const counted = pending;
    pending = new Map();
    try {
      const hour = Math.floor((await redisNowMs(connection)) / hourMs);
      const keptS = ((layout.hours + 1) * hourMs) / 1_000;
      const added = JSON.stringify(Object.fromEntries(counted));
      await count({ keys: { counts: keyOf(layout, hour) }, args: { added, most: layout.most, keptS } });
    } catch {
      // Redis is away, which its connection reports: the next time may do better.
      for (const [name, number] of counted) add(name, number);
    }
  };

  // One after the other: while Redis is away they must not pile up.
  const flush = (): Promise<void> => {
    last = last.then(write);
    return last;
  };

  setInterval(flush, flushMs).unref();
  return { add: (name) => add(name, 1), flush };
};

/** The counts of each hour since `fromMs`, the oldest first, for as long as they are kept; each with when the hour began. */
export const readHourlyCounts = async (
  connection: Redis,
  layout: CountsLayout,
  fromMs: number,
): Promise<{ startMs: number; counts: Map<string, number> }[]> => {
  const last = Math.floor((await redisNowMs(connection)) / hourMs);
  const first = Math.max(Math.floor(fromMs / hourMs), last - layout.hours);
  const hours = Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
  const read = async (hour: number) => {
    const fields = await connection.hgetall(keyOf(layout, hour));
    const counts = Object.entries(fields).map(([name, number]) => [name, Number(number)] as const);
    return { startMs: hour * hourMs, counts: new Map(counts) };
  };
  return Promise.all(hours.map(read));
};
