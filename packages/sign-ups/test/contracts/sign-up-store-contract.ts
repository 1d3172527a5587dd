import { randomUUIDv7 } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import type { SignUpLimits, SignUpStore, Stores, UserId } from '../../src/index.ts';
import { ada } from './ada.ts';
import { describeLimits } from './limits-contract.ts';
import { describeList } from './list-contract.ts';

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

    describe('availabilityOf', () => {
      test('names the user who has the email, in whatever case, and says when nobody has it', async () => {
        const free = { ownerId: undefined, retryAfterSeconds: 0 };
        expect(await store.availabilityOf(ada.email)).toEqual(free);
        await store.create(id, ada);
        const all = ['Ada@EXAMPLE.com', 'bob@example.com'].map((email) => store.availabilityOf(email));
        expect(await Promise.all(all)).toEqual([{ ...free, ownerId: id }, free]);
        await store.delete(id);
        expect(await store.availabilityOf(ada.email)).toEqual(free);
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

    describe('recordRemoval', () => {
      test('keeps a job that runs late from making the user', async () => {
        expect(await store.recordRemoval(id)).toBe('removed');
        expect(await store.create(id, ada)).toEqual({ outcome: 'removed' });
        expect(await store.find(id)).toEqual({ outcome: 'removed' });
        expect(await store.findIdByEmail(ada.email)).toBeUndefined();
        await store.recordFailure(id);
        expect(await store.recordRemoval(id)).toBe('removed');
      });

      test('is the end of a sign-up that had failed', async () => {
        await store.recordFailure(id);
        expect(await store.recordRemoval(id)).toBe('removed');
        expect(await store.create(id, ada)).toEqual({ outcome: 'removed' });
      });

      test('changes nothing about a sign-up that was decided, and says how', async () => {
        await store.create(id, ada);
        await store.create(otherId, ada);
        expect(await store.recordRemoval(id)).toBe('created');
        expect(await store.recordRemoval(otherId)).toBe('rejected');
        await store.delete(id);
        expect(await store.recordRemoval(id)).toBe('deleted');
        expect(await store.find(id)).toEqual({ outcome: 'deleted' });
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
        expect(await Array.fromAsync(stores.welcomeEmails.findOpen(0))).toEqual([]);
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
