import { randomUUIDv7 } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import type { NewUser, SignUpLimits, SignUpStore, Stores, UserId } from '../../src/index.ts';

export const ada: NewUser = { name: 'Ada Lovelace', email: 'ada@example.com', locale: 'en' };

/** What every `SignUpStore` must do, call by call; `openStores` makes empty ones. */
export const describeSignUpStore = (
  name: string,
  openStores: (limits?: SignUpLimits) => Promise<Stores>,
): void => {
  describe(`${name} as a SignUpStore`, () => {
    let stores: Stores;
    let store: SignUpStore;
    let id: UserId;
    let otherId: UserId;

    beforeEach(async () => {
      stores = await openStores();
      store = stores.signUpStore;
      id = randomUUIDv7();
      otherId = randomUUIDv7();
    });

    describe('create', () => {
      test('makes a user, whose welcome email is pending', async () => {
        const created = await store.create(id, ada);
        expect(created).toEqual({
          outcome: 'created',
          user: { id, ...ada, createdAt: expect.stringMatching(/^\d{4}-.*Z$/) },
          welcomeEmail: { status: 'pending', attempts: 0 },
          isSettled: false,
        });
        expect(await store.find(id)).toEqual(created);
      });

      test('makes the same user once, however often it is called', async () => {
        const first = await store.create(id, ada);
        expect(await store.create(id, { ...ada, name: 'Somebody else' })).toEqual(first);
        expect(await store.find(id)).toEqual(first);
      });

      test('rejects a second user of an email, in whatever case, and remembers that', async () => {
        await store.create(id, ada);
        const rejected = { outcome: 'rejected', reason: 'email-taken' };
        expect(await store.create(otherId, { ...ada, email: 'ADA@Example.COM' })).toEqual(rejected);
        expect(await store.find(otherId)).toEqual(rejected);
        expect(await store.create(otherId, { ...ada, email: 'free@example.com' })).toEqual(rejected);
        expect(await store.findIdByEmail('free@example.com')).toBeUndefined();
      });

      test('lets exactly one of many at once have an email', async () => {
        const ids = Array.from({ length: 50 }, () => randomUUIDv7());
        const signUps = await Promise.all(ids.map((each) => store.create(each, ada)));
        const outcomes = signUps.map(({ outcome }) => outcome);
        expect(outcomes.filter((outcome) => outcome === 'created')).toHaveLength(1);
        expect(await store.findIdByEmail(ada.email)).toBe(ids[outcomes.indexOf('created')]);
      });

      test('makes the user after all when the sign-up had failed', async () => {
        await store.recordFailure(id);
        expect(await store.create(id, ada)).toMatchObject({ outcome: 'created' });
      });

      test('does not make a user again who was deleted', async () => {
        await store.create(id, ada);
        await store.delete(id);
        expect(await store.create(id, ada)).toEqual({ outcome: 'deleted' });
        expect(await store.findIdByEmail(ada.email)).toBeUndefined();
      });
    });

    describe('find', () => {
      test('returns nothing for an id that was never accepted', async () => {
        expect(await store.find(id)).toBeUndefined();
      });
    });

    describe('findIdByEmail', () => {
      test('finds an id by its email, in whatever case', async () => {
        await store.create(id, ada);
        expect(await store.findIdByEmail('Ada@EXAMPLE.com')).toBe(id);
        expect(await store.findIdByEmail('bob@example.com')).toBeUndefined();
      });
    });

    describe('recordFailure', () => {
      test('is remembered', async () => {
        await store.recordFailure(id);
        expect(await store.find(id)).toEqual({ outcome: 'failed' });
      });

      test('does not undo a user when it comes late', async () => {
        await store.create(id, ada);
        await store.recordFailure(id);
        expect(await store.find(id)).toMatchObject({ outcome: 'created' });
      });
    });

    describe('ids', () => {
      test('returns every id that has an outcome', async () => {
        await store.create(id, ada);
        await store.create(otherId, ada);
        const failedId = randomUUIDv7();
        await store.recordFailure(failedId);
        expect((await Array.fromAsync(store.ids())).sort()).toEqual([id, otherId, failedId].sort());
      });
    });

    describe('delete', () => {
      test('removes the user and leaves a mark', async () => {
        await store.create(id, ada);
        expect(await store.delete(id)).toBe(true);
        expect(await store.find(id)).toEqual({ outcome: 'deleted' });
        expect(await store.list({ after: undefined, limit: 10 })).toEqual({ users: [], next: undefined });
        expect(await stores.welcomeEmails.findOpen(Date.now() + 1, { offset: 0, count: 10 })).toEqual([]);
      });

      test('frees the email for another', async () => {
        await store.create(id, ada);
        await store.delete(id);
        expect(await store.create(otherId, ada)).toMatchObject({ outcome: 'created' });
        expect(await store.findIdByEmail(ada.email)).toBe(otherId);
      });

      test('returns false if the sign-up was already deleted', async () => {
        await store.create(id, ada);
        await store.delete(id);
        expect(await store.delete(id)).toBe(false);
      });

      test('marks a sign-up that has no outcome yet, so that it never makes a user', async () => {
        expect(await store.delete(id)).toBe(true);
        expect(await store.create(id, ada)).toEqual({ outcome: 'deleted' });
      });

      test('does not free the email of another user when a rejected sign-up is deleted', async () => {
        await store.create(id, ada);
        await store.create(otherId, ada);
        await store.delete(otherId);
        expect(await store.findIdByEmail(ada.email)).toBe(id);
      });

      test('wins or loses as a whole against a create of the same id', async () => {
        const rounds = Array.from({ length: 50 }, async (_, round) => {
          const each = randomUUIDv7();
          const newUser = { ...ada, email: `race.${round}@example.com` };
          await Promise.all([store.create(each, newUser), store.delete(each)]);
          expect(await store.find(each)).toEqual({ outcome: 'deleted' });
          expect(await store.findIdByEmail(newUser.email)).toBeUndefined();
        });
        await Promise.all(rounds);
      });
    });

    describeList(() => stores);
    describeLimits(openStores);
  });
};

const describeList = (stores: () => Stores): void => {
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

const describeLimits = (openStores: (limits?: SignUpLimits) => Promise<Stores>): void => {
  describe('the limits', () => {
    const signUp = ({ signUpStore }: Stores, email: string) =>
      signUpStore.create(randomUUIDv7(), { ...ada, email });
    const rejected = { outcome: 'rejected', reason: 'too-many-sign-ups' };

    test('count the users of a mailbox, whatever tag its addresses have', async () => {
      const stores = await openStores({ perMailbox: { max: 2, durationMs: 60_000 }, perDomain: undefined });
      expect(await signUp(stores, 'vic.tim+1@example.com')).toMatchObject({ outcome: 'created' });
      expect(await stores.signUpStore.secondsUntilAllowed('vic.tim@example.com')).toBe(0);
      expect(await signUp(stores, 'vic.tim+2@example.com')).toMatchObject({ outcome: 'created' });
      expect(await signUp(stores, 'VIC.TIM+3@example.com')).toEqual(rejected);
      const seconds = await stores.signUpStore.secondsUntilAllowed('vic.tim@example.com');
      expect(seconds).toBeGreaterThan(50);
      expect(seconds).toBeLessThanOrEqual(60);
      expect(await signUp(stores, 'vic.tom@example.com')).toMatchObject({ outcome: 'created' });
      expect(await stores.signUpStore.secondsUntilAllowed('vic.tom@example.com')).toBe(0);
    });

    test('count a Gmail mailbox once, wherever its dots are', async () => {
      const stores = await openStores({ perMailbox: { max: 1, durationMs: 60_000 }, perDomain: undefined });
      expect(await signUp(stores, 'vic.tim@gmail.com')).toMatchObject({ outcome: 'created' });
      expect(await signUp(stores, 'v.ictim+x@googlemail.com')).toEqual(rejected);
    });

    test('are not given back when a user is deleted', async () => {
      const stores = await openStores({ perMailbox: { max: 1, durationMs: 60_000 }, perDomain: undefined });
      const id = randomUUIDv7();
      await stores.signUpStore.create(id, ada);
      await stores.signUpStore.delete(id);
      expect(await signUp(stores, ada.email)).toEqual(rejected);
    });

    test('count users, not attempts: a taken email stays taken', async () => {
      const stores = await openStores({ perMailbox: { max: 2, durationMs: 60_000 }, perDomain: undefined });
      for (let count = 0; count < 3; count += 1) await signUp(stores, ada.email);
      expect(await signUp(stores, ada.email)).toEqual({ outcome: 'rejected', reason: 'email-taken' });
      expect(await signUp(stores, 'ada+2@example.com')).toMatchObject({ outcome: 'created' });
    });

    test('end with their time', async () => {
      const stores = await openStores({ perMailbox: { max: 1, durationMs: 300 }, perDomain: undefined });
      await signUp(stores, 'ada+1@example.com');
      await expect
        .poll(async () => (await signUp(stores, `ada+${randomUUIDv7()}@example.com`)).outcome)
        .toBe('created');
    });

    test('count the users of a domain', async () => {
      const stores = await openStores({ perMailbox: undefined, perDomain: { max: 2, durationMs: 60_000 } });
      await signUp(stores, 'a@example.com');
      await signUp(stores, 'b@EXAMPLE.com');
      expect(await signUp(stores, 'c@example.com')).toEqual(rejected);
      expect(await stores.signUpStore.secondsUntilAllowed('d@example.com')).toBeGreaterThan(50);
      expect(await signUp(stores, 'c@example.org')).toMatchObject({ outcome: 'created' });
    });
  });
};
