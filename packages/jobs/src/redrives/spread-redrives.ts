import { randomUUIDv7 } from 'node:crypto';
import { mostNamed, type Redrive } from './redrive.ts';
import type { Redrives } from './redrives.ts';

const mostExamples = 5;

/**
 * One redrive over several shards: it has a part in each, under the same id, which names and takes the jobs of that shard.
 * All that is shown of it is the sum of its parts. Each gets a share of the rate by how many it has named, so that they end
 * together.
 */
export const spreadRedrives = (shards: readonly Redrives[]): Redrives => {
  const findParts = async (id: string): Promise<(Redrive | undefined)[]> =>
    Promise.all(shards.map((redrives) => redrives.find(id)));

  return {
    plan: async (selection) => {
      const id = randomUUIDv7();
      const parts: Redrive[] = [];
      let rest = mostNamed;
      for (const redrives of shards) {
        const part = await redrives.plan(selection, { id, most: rest });
        parts.push(part);
        rest -= part.named;
      }
      return addUp(parts) as Redrive;
    },

    start: async (id, order) => {
      const parts = await findParts(id);
      const named = parts.reduce((sum, part) => sum + (part?.named ?? 0), 0);
      const started = await Promise.all(
        shards.map((redrives, place) => {
          const share = (order.perSecond * (parts[place]?.named ?? 0)) / Math.max(1, named);
          return share > 0 && redrives.start(id, { ...order, perSecond: share });
        }),
      );
      return started.some(Boolean);
    },

    stop: async (id, by) =>
      (await Promise.all(shards.map((redrives) => redrives.stop(id, by)))).some(Boolean),

    find: async (id) => addUp((await findParts(id)).filter((part) => part !== undefined)),

    list: async () => {
      const parts = (await Promise.all(shards.map((redrives) => redrives.list()))).flat();
      return [...Map.groupBy(parts, ({ id }) => id).values()]
        .map((ofOne) => addUp(ofOne) as Redrive)
        .sort((a, b) => b.plannedMs - a.plannedMs);
    },
  };
};

const addUp = (all: readonly Redrive[]): Redrive | undefined => {
  // A part that has named nothing is never started.
  const named = all.filter((part) => part.named > 0);
  const parts = named.length > 0 ? named : all.slice(0, 1);
  const [first] = parts;
  if (!first) return undefined;
  const sumOf = (count: (part: Redrive) => number) => parts.reduce((sum, part) => sum + count(part), 0);
  const state = (['running', 'planned', 'stopped'] as const).find((each) =>
    parts.some((part) => part.state === each),
  );
  const started = parts.filter((part) => part.startedMs !== undefined);
  const stopped = parts.find(({ stoppedBy }) => stoppedBy !== undefined);
  const hasEnded = state !== 'running' && state !== 'planned';
  return {
    ...first,
    state: state ?? 'finished',
    plannedMs: Math.min(...parts.map(({ plannedMs }) => plannedMs)),
    named: sumOf((part) => part.named),
    hasMore: all.some(({ hasMore }) => hasMore),
    examples: parts.flatMap(({ examples }) => examples).slice(0, mostExamples),
    taken: sumOf(({ taken }) => taken),
    skipped: sumOf(({ skipped }) => skipped),
    ...(started[0]?.order && {
      order: { ...started[0].order, perSecond: Math.round(sumOf(({ order }) => order?.perSecond ?? 0)) },
      startedMs: Math.min(...started.map(({ startedMs = 0 }) => startedMs)),
    }),
    ...(hasEnded && { endedMs: Math.max(...parts.map(({ endedMs = 0 }) => endedMs)) }),
    ...(stopped?.stoppedBy && { stoppedBy: stopped.stoppedBy }),
  };
};
