import { randomUUIDv7 } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import type { AcceptedSignUps, SignUpLimits, Stores, UserId } from '../../src/index.ts';
import { ada } from './ada.ts';

const firstPage = { after: undefined, limit: 10 };
const key = { hash: 'key', fingerprint: 'body' };

/** What `AcceptedSignUps` must do, call by call. `run` runs SQL, to have time pass. */
export const describeAcceptedSignUps = (
  openStores: (limits?: SignUpLimits) => Promise<Stores>,
  run: (text: string) => Promise<unknown>,
): void => {
  describe('PostgreSQL as AcceptedSignUps', () => {
    let stores: Stores;
    let accepted: AcceptedSignUps;
    let id: UserId;
    const open = async (limits?: SignUpLimits) => {
      stores = await openStores(limits);
      accepted = stores.accepted as AcceptedSignUps;
      id = randomUUIDv7();
    };
    beforeEach(() => open());

    test('one that is accepted waits with what the person gave, and has no outcome', async () => {
      expect(await accepted.accept(id, ada)).toEqual({ kind: 'accepted' });
      expect(await accepted.findWaiting(id)).toEqual({ newUser: ada, failed: false });
      expect(await accepted.findQueued(0, firstPage)).toEqual([id]);
      expect(await accepted.findQueued(60_000, firstPage)).toEqual([]);
      expect(await stores.signUpStore.find(id)).toBeUndefined();
    });

    test.for<[string, (id: UserId) => Promise<unknown>]>([
      ['created', (each) => stores.signUpStore.create(each, ada)],
      ['removed', (each) => stores.signUpStore.recordRemoval(each)],
      ['deleted', (each) => stores.signUpStore.delete(each)],
    ])(
      'one that is %s waits no longer, and nothing is kept of what the person gave',
      async ([outcome, decide]) => {
        await accepted.accept(id, ada, key);
        await decide(id);
        expect(await stores.signUpStore.find(id)).toMatchObject({ outcome });
        expect(await accepted.findWaiting(id)).toBeUndefined();
        expect(await accepted.findQueued(0, firstPage)).toEqual([]);
        expect(await run('SELECT new_user FROM sign_ups')).toEqual([{ new_user: null }]);
      },
    );

    test('one that failed can be made after all, of what the person gave', async () => {
      await accepted.accept(id, ada);
      await stores.signUpStore.recordFailure(id);
      expect(await accepted.findQueued(0, firstPage)).toEqual([]);
      const waiting = await accepted.findWaiting(id);
      expect(waiting).toEqual({ newUser: ada, failed: true });
      expect(await stores.signUpStore.create(id, ada)).toMatchObject({ outcome: 'created' });
    });

    test('an email that a user has is refused, and leaves no key', async () => {
      await stores.signUpStore.create(id, ada);
      const another = { ...ada, email: 'ADA@example.com' };
      expect(await accepted.accept(randomUUIDv7(), another, key)).toEqual({ kind: 'email-taken' });
      const free = { ...ada, email: 'free@example.com' };
      expect(await accepted.accept(randomUUIDv7(), free, { ...key, fingerprint: 'free' })).toEqual({
        kind: 'accepted',
      });
    });

    test('a mailbox that has reached its limit is refused, with when it is allowed again', async () => {
      await open({ perMailbox: { max: 1, durationMs: 60_000 }, perDomain: undefined });
      await stores.signUpStore.create(id, { ...ada, email: 'ada+1@example.com' });
      const refused = await accepted.accept(randomUUIDv7(), { ...ada, email: 'ada+2@example.com' });
      expect(refused).toEqual({ kind: 'too-many-sign-ups', retryAfterSeconds: expect.any(Number) });
      const { retryAfterSeconds } = refused as { retryAfterSeconds: number };
      expect(retryAfterSeconds).toBeGreaterThan(30);
      expect(retryAfterSeconds).toBeLessThanOrEqual(60);
      // The count outlives the user, so it must not have the address.
      expect(await run("SELECT key FROM sign_up_counts WHERE key LIKE '%ada%'")).toEqual([]);
    });

    test('a key has one sign-up, however many ask at once, also once its email is its own', async () => {
      const ids = Array.from({ length: 200 }, () => randomUUIDv7());
      const acceptances = await Promise.all(ids.map((each) => accepted.accept(each, ada, key)));
      const kinds = acceptances.map(({ kind }) => kind);
      expect(kinds.filter((kind) => kind === 'accepted')).toHaveLength(1);
      const first = ids[kinds.indexOf('accepted')] as UserId;
      const others = acceptances.filter(({ kind }) => kind !== 'accepted');
      expect(others).toEqual(others.map(() => ({ kind: 'repeated', id: first })));
      expect(await accepted.findQueued(0, { after: undefined, limit: 10 })).toEqual([first]);
      await stores.signUpStore.create(first, ada);
      expect(await accepted.accept(id, ada, key)).toEqual({ kind: 'repeated', id: first });
      expect(await accepted.accept(id, ada, { ...key, fingerprint: 'other' })).toEqual({
        kind: 'key-reused',
      });
    });

    test('a key is free again when its sign-up is deleted, and when its time is over', async () => {
      await accepted.accept(id, ada, key);
      await stores.signUpStore.delete(id);
      const second = randomUUIDv7();
      expect(await accepted.accept(second, ada, key)).toEqual({ kind: 'accepted' });
      await run("UPDATE idempotency_keys SET expires_at = now() - interval '1 second'");
      const third = randomUUIDv7();
      expect(await accepted.accept(third, ada, { ...key, fingerprint: 'other' })).toEqual({
        kind: 'accepted',
      });
    });

    test('those that wait are returned page by page', async () => {
      const ids = Array.from({ length: 5 }, () => randomUUIDv7()).sort();
      await Promise.all(ids.map((each) => accepted.accept(each, ada)));
      const first = await accepted.findQueued(0, { after: undefined, limit: 3 });
      expect(first).toEqual(ids.slice(0, 3));
      expect(await accepted.findQueued(0, { after: first[2], limit: 3 })).toEqual(ids.slice(3));
    });

    test('what is kept for a time only is removed after that, and nothing else', async () => {
      await open({ perMailbox: { max: 5, durationMs: 60_000 }, perDomain: undefined });
      await accepted.accept(id, ada, key);
      await stores.signUpStore.create(id, ada);
      await stores.signUpStore.create(randomUUIDv7(), ada); // it is rejected
      expect(await accepted.removeExpired()).toBe(0);
      await run("UPDATE sign_ups SET expires_at = now() - interval '1 s' WHERE expires_at IS NOT NULL");
      await run("UPDATE idempotency_keys SET expires_at = now() - interval '1 s'");
      await run("UPDATE sign_up_counts SET ends_at = now() - interval '1 s'");
      expect(await accepted.removeExpired()).toBe(3);
      expect(await Array.fromAsync(stores.signUpStore.ids())).toEqual([id]);
      expect(await stores.signUpStore.find(id)).toMatchObject({ outcome: 'created' });
    });
  });
};
