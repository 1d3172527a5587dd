import { randomUUIDv7 } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Stores, UserId } from '../../src/index.ts';
import { ada } from './ada.ts';

/** How every `SignUpStore` lists its users; `stores` returns those of the test that runs, which are empty. */
export const describeList = (stores: () => Stores): void => {
  describe('list', () => {
    const fill = async (count: number): Promise<UserId[]> => {
      const ids = Array.from({ length: count }, () => randomUUIDv7()).sort();
      const create = (id: UserId, index: number) =>
        stores().signUpStore.create(id, { ...ada, email: `list.${index}@example.com` });
      await Promise.all(ids.map(create));
      return ids;
    };

    test('returns the users in the order of their ids, page by page', async () => {
      const ids = await fill(5);
      const first = await stores().signUpStore.list({ after: undefined, limit: 3 });
      expect(first.users.map(({ user }) => user.id)).toEqual(ids.slice(0, 3));
      expect(first.next).toBe(ids[2]);
      const last = await stores().signUpStore.list({ after: first.next, limit: 3 });
      expect(last.users.map(({ user }) => user.id)).toEqual(ids.slice(3));
      expect(last.next).toBeUndefined();
    });

    test('ends with a page that is exactly full', async () => {
      await fill(3);
      expect((await stores().signUpStore.list({ after: undefined, limit: 3 })).next).toBeUndefined();
    });

    test('leaves out sign-ups that made no user', async () => {
      const [id] = await fill(1);
      await stores().signUpStore.recordFailure(randomUUIDv7());
      const { users } = await stores().signUpStore.list({ after: undefined, limit: 10 });
      expect(users.map(({ user }) => user.id)).toEqual([id]);
    });

    test('misses nobody who is there throughout while others are deleted', async () => {
      const ids = await fill(300);
      const doomed = ids.filter((_, index) => index % 2 === 0);
      const deleting = (async () => {
        for (const id of doomed) await stores().signUpStore.delete(id);
      })();
      const seen: UserId[] = [];
      let after: UserId | undefined;
      do {
        const page = await stores().signUpStore.list({ after, limit: 10 });
        seen.push(...page.users.map(({ user }) => user.id));
        after = page.next;
      } while (after !== undefined);
      await deleting;
      const staying = ids.filter((_, index) => index % 2 === 1);
      expect(staying.filter((id) => !seen.includes(id))).toEqual([]);
    });
  });
};
