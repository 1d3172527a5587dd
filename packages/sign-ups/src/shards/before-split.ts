import type { SignUpStore } from '../sign-up-store.ts';
import type { UserId } from '../user.ts';
import { isOfOneShard } from './buckets.ts';

/** For so long an answer is used without asking again. */
const validMs = 1_000;

/** Finds those who signed up while the first shard was the only one. It has their addresses, whatever bucket they are in. */
export interface SearchBeforeSplit {
  findIdByEmail(email: string): Promise<UserId | undefined>;
  /** A user of that time is being made. Other processes notice it within a second. */
  noteUser(): void;
}

/**
 * Once it is known whether there are such users, nobody waits for the first shard to say so again: while it is away, the
 * others go on unless there are.
 */
export const createSearchBeforeSplit = (first: SignUpStore): SearchBeforeSplit => {
  let hasUsers: boolean | undefined;
  let validUntilMs = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | undefined;

  const read = async (): Promise<void> => {
    try {
      // Ids sort by their time, so that the oldest comes first. It is `next` if it was deleted meanwhile.
      const { users, next } = await first.list({ after: undefined, limit: 1 });
      const oldest = users[0]?.user.id ?? next;
      hasUsers = oldest !== undefined && isOfOneShard(oldest);
      validUntilMs = performance.now() + validMs;
    } finally {
      reading = undefined;
    }
  };

  const refresh = async (): Promise<void> => {
    if (performance.now() < validUntilMs) return;
    reading ??= read();
    if (hasUsers === undefined) await reading;
    else reading.catch(() => {}); // the connection's owner reports that the shard is away
  };

  return {
    findIdByEmail: async (email) => {
      await refresh();
      return hasUsers ? first.findIdByEmail(email) : undefined;
    },
    noteUser: () => {
      hasUsers = true;
    },
  };
};
