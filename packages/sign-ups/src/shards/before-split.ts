import type { SignUpStore } from '../sign-up-store.ts';
import type { UserId } from '../user.ts';
import { isOfOneShard } from './buckets.ts';

/** For so long an answer is used without asking again. */
const validMs = 1_000;

/**
 * Returns a function that says whether the first shard has users of the time when it was the only one. Their addresses are
 * in the first shard, whatever bucket they are in.
 *
 * Once it is known, nobody waits for the first shard to say so again, and none of the others is away when that one is.
 */
export const createOldUserCheck = (first: SignUpStore): (() => Promise<boolean>) => {
  let known: boolean | undefined;
  let validUntilMs = Number.NEGATIVE_INFINITY;
  let reading: Promise<boolean> | undefined;

  const read = async (): Promise<boolean> => {
    try {
      // Ids sort by their time, so that the oldest comes first. Without a user it may have been deleted meanwhile.
      const { users, next } = await first.list({ after: undefined, limit: 1 });
      const oldest = users[0]?.user.id ?? next;
      known = oldest !== undefined && isOfOneShard(oldest);
      validUntilMs = performance.now() + validMs;
      return known;
    } finally {
      reading = undefined;
    }
  };

  return async () => {
    if (performance.now() < validUntilMs) return known === true;
    reading ??= read();
    if (known === undefined) return reading;
    reading.catch(() => {}); // the connection's owner reports that the shard is away
    return known;
  };
};

/** Finds the user of an address who signed up before there was more than one shard. */
export const createSearchBeforeSplit = (
  first: SignUpStore,
): ((email: string) => Promise<UserId | undefined>) => {
  const hasOldUsers = createOldUserCheck(first);
  return async (email) => ((await hasOldUsers()) ? first.findIdByEmail(email) : undefined);
};
