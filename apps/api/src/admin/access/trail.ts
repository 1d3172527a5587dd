import type { Redis } from 'ioredis';
import type { Operator } from './logins-plugin.ts';
import type { Write } from './writes.ts';

/** About this many lines are kept, the newest. An action has two: what was asked for, and how it ended. */
const longestTrail = 20_000;

/** So far the end of an action is looked for behind its beginning. */
const longestSearch = 1_000;

interface Action extends Write {
  by: Operator;
  /** What the operator said; nothing where the page does not ask. */
  why?: string | undefined;
  requestId: string;
}

/** `refused`: nothing was done. `failed`: it is not known how much of it was done. */
export interface Ending {
  outcome: 'done' | 'refused' | 'failed';
  /** The status of the response. */
  status: number;
}

/** An action, and its end as far as it is known: a process can die in between. */
export type TrailEntry = Action & { id: string; at: Date; ending: Ending | undefined };

/** Who did what, when and why, and how it ended. Lines are only added; the oldest make room. */
export interface Trail {
  /** Writes down what is about to be done, and returns the id of that entry. */
  begin(action: Action): Promise<string>;
  end(id: string, ending: Ending): Promise<void>;
  /** Writes down what was refused before anything was done, in one line. */
  refuse(action: Action, status: number): Promise<void>;
  /** The newest first; `before` is the id of an entry. */
  read(page: { count: number; before?: string | undefined }): Promise<TrailEntry[]>;
}

/** The trail in a stream of Redis: its ids are the times, and their order. */
export const createTrail = (connection: Redis, keyPrefix: string): Trail => {
  const key = `${keyPrefix}:actions`;
  const add = async (line: object): Promise<string> => {
    const fields = ['line', JSON.stringify(line)];
    return (await connection.xadd(key, 'MAXLEN', '~', longestTrail, '*', ...fields)) as string;
  };
  return {
    begin: (action) => add({ action }),
    end: async (of, ending) => {
      await add({ of, ending });
    },
    refuse: async (action, status) => {
      await add({ action, ending: { outcome: 'refused', status } satisfies Ending });
    },
    read: async ({ count, before }) => {
      const endings = new Map<string, Ending>();
      const collect = (lines: readonly Line[]) => {
        for (const { of, ending } of lines) if (of && ending) endings.set(of, ending);
      };
      // The end of the first action of this page stands behind it, on the page before.
      if (before) collect(toLines(await connection.xrange(key, before, '+', 'COUNT', longestSearch)));
      const entries: TrailEntry[] = [];
      for (let from = before ? `(${before}` : '+'; entries.length < count; ) {
        const lines = toLines(await connection.xrevrange(key, from, '-', 'COUNT', 2 * count));
        collect(lines);
        for (const { id, action, ending } of lines)
          if (action) entries.push({ ...action, id, at: timeOf(id), ending: ending ?? endings.get(id) });
        const oldest = lines.at(-1);
        if (!oldest) break;
        from = `(${oldest.id}`;
      }
      return entries.slice(0, count);
    },
  };
};

interface Line {
  id: string;
  action?: Action;
  of?: string;
  ending?: Ending;
}

const toLines = (entries: readonly [string, string[]][]): Line[] =>
  entries.map(([id, [, json = '{}']]) => ({ ...JSON.parse(json), id }));

const timeOf = (id: string): Date => new Date(Number(id.split('-')[0]));
