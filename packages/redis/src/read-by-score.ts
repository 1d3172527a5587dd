import type { Redis } from 'ioredis';

export interface Scored {
  member: string;
  score: number;
}

const pageSize = 1_000;

/**
 * The members of a sorted set whose score lies in the span, the lowest first, in pages: no command keeps Redis busy for
 * long. Each is returned once, and one that is there throughout is not missed, although others come and go meanwhile: a
 * page goes on from the last score, and not from a place in the set.
 */
export const readByScore = async function* (
  connection: Redis,
  key: string,
  { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY }: { from?: number; to?: number } = {},
): AsyncGenerator<Scored[]> {
  let lowest = from;
  /** Those with the lowest score of the next page, which it would repeat. */
  let known = new Set<string>();
  for (;;) {
    const count = pageSize + known.size;
    const flat = await connection.zrangebyscore(
      key,
      toBound(lowest),
      toBound(to),
      'WITHSCORES',
      'LIMIT',
      0,
      count,
    );
    const found = toScored(flat);
    const page = found.filter(({ member }) => !known.has(member));
    if (page.length > 0) yield page;
    if (found.length < count) return;
    const last = found[found.length - 1]?.score ?? to;
    const sharers = found.filter(({ score }) => score === last).map(({ member }) => member);
    known = new Set(last === lowest ? [...known, ...sharers] : sharers);
    lowest = last;
  }
};

const toBound = (score: number): string | number => {
  if (Number.isFinite(score)) return score;
  return score > 0 ? '+inf' : '-inf';
};

const toScored = (flat: string[]): Scored[] =>
  Array.from({ length: flat.length / 2 }, (_, index) => ({
    member: flat[2 * index] as string,
    score: Number(flat[2 * index + 1]),
  }));
