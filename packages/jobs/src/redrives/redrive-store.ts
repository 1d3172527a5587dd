import { defineScript } from '@backend-jobs/redis';
import { Ajv } from 'ajv';
import type { Redis } from 'ioredis';
import { fromText, type Named, toText } from './named.ts';
import { Redrive } from './redrive.ts';

const hour = 60 * 60;
const day = 24 * hour;
/** For how long Redis keeps a redrive: longer than the longest one runs. */
const keptSeconds = { planned: hour, started: 30 * day, named: 7 * day };

/** How many dry runs that nobody has started are kept, and how many redrives in all. */
const mostPlanned = 10;
const mostKept = 100;

const startRedrive = defineScript(new URL('./start-redrive.lua', import.meta.url), {
  keys: ['redrive', 'named'],
  args: ['order', 'keptS', 'namedKeptS'],
});
const endRedrive = defineScript(new URL('./end-redrive.lua', import.meta.url), {
  keys: ['redrive', 'named'],
  args: ['state', 'stoppedBy'],
});

/**
 * Keeps redrives in Redis:
 *
 * - `redrives`: the ids of all, by when they were planned;
 * - `redrive:<id>`: a hash with what a `Redrive` has;
 * - `redrive:<id>:named`: the list of what it takes, until it ends.
 */
export const createRedriveStore = (connection: Redis, prefix: string) => {
  const start = startRedrive(connection);
  const end = endRedrive(connection);
  const all = `${prefix}:redrives`;
  const keyOf = (id: string) => `${prefix}:redrive:${id}`;
  const keysOf = (id: string) => ({ redrive: keyOf(id), named: `${keyOf(id)}:named` });

  const find = async (id: string): Promise<Redrive | undefined> =>
    toRedrive(id, await connection.hgetall(keyOf(id)));

  const remove = async (ids: string[]): Promise<void> => {
    if (ids.length === 0) return;
    const keys = ids.map(keysOf).flatMap(({ redrive, named }) => [redrive, named]);
    await connection.del(keys);
    await connection.zrem(all, ids);
  };

  /** Removes what has expired, all dry runs but the newest, and what exceeds the number that is kept. */
  const tidy = async (): Promise<void> => {
    const ids = await connection.zrevrange(all, 0, -1);
    const states = await Promise.all(ids.map((id) => connection.hget(keyOf(id), 'state')));
    const inState = (state: string | null) => ids.filter((_, index) => states[index] === state);
    const old = ids.slice(mostKept).filter((id) => !inState('running').includes(id));
    await remove([...new Set([...inState(null), ...inState('planned').slice(mostPlanned), ...old])]);
  };

  /** The newest first. */
  const list = async (): Promise<Redrive[]> => {
    const ids = await connection.zrevrange(all, 0, -1);
    const found = await Promise.all(ids.map(find));
    return found.filter((redrive) => redrive !== undefined);
  };

  return {
    keyOf,
    find,
    list,

    /** Appends a page to the list of a redrive that is being planned. */
    name: async (id: string, page: Named[]): Promise<void> => {
      if (page.length === 0) return;
      const { named } = keysOf(id);
      await connection.rpush(named, ...page.map(toText));
      await connection.expire(named, keptSeconds.planned);
    },

    /** Makes the redrive known, and forgets older ones. */
    plan: async ({ id, selection, examples, named, hasMore, plannedMs }: Omit<Redrive, 'state'>) => {
      const texts = { selection: JSON.stringify(selection), examples: JSON.stringify(examples) };
      const counts = { named, taken: 0, skipped: 0, hasMore: Number(hasMore), plannedMs };
      await connection.hset(keyOf(id), { state: 'planned', ...texts, ...counts });
      await connection.expire(keyOf(id), keptSeconds.planned);
      await connection.zadd(all, plannedMs, id);
      await tidy();
    },

    /** Returns `false` when it is not planned. */
    start: async (id: string, order: Redrive['order']): Promise<boolean> => {
      const args = {
        order: JSON.stringify(order),
        keptS: keptSeconds.started,
        namedKeptS: keptSeconds.named,
      };
      return (await start({ keys: keysOf(id), args })) === 1;
    },

    /** Returns `false` when it is not running. */
    stop: async (id: string, stoppedBy: string): Promise<boolean> =>
      (await end({ keys: keysOf(id), args: { state: 'stopped', stoppedBy } })) === 1,

    /** Ends it if nothing is left. */
    finish: async (id: string): Promise<void> => {
      await end({ keys: keysOf(id), args: { state: 'finished', stoppedBy: '' } });
    },

    /** What it takes from `position` on; empty when Redis has lost it. */
    read: async (id: string, position: number, count: number): Promise<Named[]> => {
      const texts = await connection.lrange(keysOf(id).named, position, position + count - 1);
      return texts.map(fromText);
    },
  };
};

const isRedrive = new Ajv({ allErrors: true }).compile<Redrive>(Redrive);

/** `undefined` for one that is gone, or that another version has written in another form. */
const toRedrive = (id: string, fields: Record<string, string>): Redrive | undefined => {
  const { selection = '{}', examples = '[]', order, state, stoppedBy, hasMore, ...numbers } = fields;
  const redrive: unknown = {
    id,
    state,
    selection: JSON.parse(selection),
    examples: JSON.parse(examples),
    hasMore: hasMore === '1',
    ...(order && { order: JSON.parse(order) }),
    ...(stoppedBy && { stoppedBy }),
    ...Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, Number(value)])),
  };
  return isRedrive(redrive) ? redrive : undefined;
};
