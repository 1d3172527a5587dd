import type { Shards } from '@backend-jobs/redis';
import type { CreatedSignUp, SignUpStore } from '../sign-up-store.ts';
import type { UserId } from '../user.ts';
import { mergeSorted } from './merge-sorted.ts';

/**
 * One store of several, each of which keeps the sign-ups of a shard. A call about one sign-up goes to its shard, and the
 * others go on while a shard is away; a call about all of them fails then, rather than leave some out.
 */
export const spreadSignUpStore = (
  stores: Shards<SignUpStore>,
  {
    bucketOf,
    findBeforeSplit,
  }: {
    bucketOf: (email: string) => number;
    /** Finds a user who signed up while there was one shard. */
    findBeforeSplit: (email: string) => Promise<UserId | undefined>;
  },
): SignUpStore => ({
  create: (id, newUser) => stores.of(id).create(id, newUser),
  find: (id) => stores.of(id).find(id),
  findIdByEmail: async (email) =>
    (await stores.ofBucket(bucketOf(email)).findIdByEmail(email)) ?? (await findBeforeSplit(email)),
  availabilityOf: async (email) => {
    const availability = await stores.ofBucket(bucketOf(email)).availabilityOf(email);
    return { ...availability, ownerId: availability.ownerId ?? (await findBeforeSplit(email)) };
  },

  list: async ({ after, limit }) => {
    // Somewhat more than the part of each shard, and one more in all, to know whether there is a next page.
    const pageSize = Math.ceil((limit + 1) / stores.all.length) + 2;
    const users: CreatedSignUp[] = [];
    for await (const signUp of mergeSorted(
      stores.all.map((store) => usersOf(store, after, pageSize)),
      byId,
    )) {
      if (users.length === limit) return { users, next: users.at(-1)?.user.id };
      users.push(signUp);
    }
    return { users, next: undefined };
  },

  delete: (id) => stores.of(id).delete(id),
  recordFailure: (id) => stores.of(id).recordFailure(id),
  recordRemoval: (id) => stores.of(id).recordRemoval(id),

  ids: async function* () {
    for (const store of stores.all) yield* store.ids();
  },
});

const byId = (a: CreatedSignUp, b: CreatedSignUp): number => (a.user.id < b.user.id ? -1 : 1);

const usersOf = async function* (
  store: SignUpStore,
  from: UserId | undefined,
  limit: number,
): AsyncGenerator<CreatedSignUp[]> {
  let after = from;
  do {
    const { users, next } = await store.list({ after, limit });
    yield users;
    after = next;
  } while (after !== undefined);
};
