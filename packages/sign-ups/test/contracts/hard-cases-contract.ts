import { randomUUIDv7 } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Stores, UserId } from '../../src/index.ts';
import { ada } from './ada.ts';
import { failed, run, unknown } from './ledger-scene.ts';

/** What PostgreSQL makes hard: values that it does not take, and calls that share a statement. */
export const describeHardCases = (openStores: () => Promise<Stores>): void => {
  describe('what PostgreSQL makes hard', () => {
    test('a reply that holds NUL and half a surrogate pair settles its email', async () => {
      const { signUpStore, welcomeEmails } = await openStores();
      const id = randomUUIDv7();
      await signUpStore.create(id, ada);
      await welcomeEmails.claim(id, 'a', run);
      const error = '550 \0no \ud83d';
      expect(await welcomeEmails.settle(id, 'a', { ...failed, error })).toBe(true);
      expect(await signUpStore.find(id)).toMatchObject({ welcomeEmail: { error: '550 no \ufffd' } });
      await welcomeEmails.giveUp(id, error);
      expect(await welcomeEmails.withdraw(id, error)).toBe(true);
    });

    test('a settlement whose answer was lost is accepted again, and is recorded once', async () => {
      const { signUpStore, welcomeEmails } = await openStores();
      const id = randomUUIDv7();
      await signUpStore.create(id, ada);
      await welcomeEmails.claim(id, 'a', run);
      for (let count = 0; count < 2; count += 1)
        expect(await welcomeEmails.settle(id, 'a', unknown)).toBe(true);
      expect(await signUpStore.find(id)).toMatchObject({
        welcomeEmail: { status: 'unknown', attempts: 1, uncertainAttempts: 1 },
      });
      expect(await welcomeEmails.settle(id, 'a', failed)).toBe(false);
    });

    test('a name that holds half a surrogate pair makes a user', async () => {
      const { signUpStore } = await openStores();
      const id = randomUUIDv7();
      const created = await signUpStore.create(id, { ...ada, name: 'Ada \udc00' });
      expect(created).toMatchObject({ user: { name: 'Ada \ufffd' } });
      expect(await signUpStore.find(id)).toEqual(created);
    });

    test('a name is kept as it is, whatever it holds of what arrays and JSON are written with', async () => {
      const { accepted } = await openStores();
      const names = ['O"Brien', 'back\\slash', '{a,b}', 'NULL', ' ', '\\u0041', "'; DROP TABLE users; --"];
      const ids = names.map(() => randomUUIDv7());
      await Promise.all(
        ids.map((id, index) => accepted?.accept(id, { ...ada, name: names[index] as string })),
      );
      const waiting = await Promise.all(ids.map((id) => accepted?.findWaiting(id)));
      expect(waiting.map((found) => found?.newUser?.name)).toEqual(names);
    });

    test('a call that fails for its own fault fails alone', async () => {
      const { signUpStore, welcomeEmails } = await openStores();
      const ids: UserId[] = Array.from({ length: 20 }, () => randomUUIDv7());
      ids[7] = 'not-an-id';
      const made = ids.map((id, index) =>
        signUpStore.create(id, { ...ada, email: `poison.${index}@example.com` }),
      );
      const outcomes = (await Promise.allSettled(made)).map(({ status }) => status);
      expect(
        outcomes.map((status, index) => (status === 'rejected' ? index : -1)).filter((index) => index >= 0),
      ).toEqual([7]);
      const claims = await Promise.allSettled(ids.map((id) => welcomeEmails.claim(id, 'token', run)));
      expect(claims.filter(({ status }) => status === 'fulfilled')).toHaveLength(19);
    });

    test('calls of one turn that want the same get what they would get one after the other', async () => {
      const { signUpStore } = await openStores();
      const [id, otherId] = [randomUUIDv7(), randomUUIDv7()];
      const [first, again, other] = await Promise.all([
        signUpStore.create(id, ada),
        signUpStore.create(id, ada),
        signUpStore.create(otherId, ada),
      ]);
      expect(again).toEqual(first);
      const outcomes = [first.outcome, other.outcome];
      expect(outcomes.sort()).toEqual(['created', 'rejected']);
    });

    test('an operator who removes a sign-up, a job that makes it and a person who deletes it leave one outcome', async () => {
      const { signUpStore } = await openStores();
      const rounds = Array.from({ length: 50 }, async (_, round) => {
        const id = randomUUIDv7();
        const newUser = { ...ada, email: `rivals.${round}@example.com` };
        const [, removed] = await Promise.all([
          signUpStore.create(id, newUser),
          signUpStore.recordRemoval(id),
          ...(round % 2 ? [signUpStore.delete(id)] : []),
        ]);
        const signUp = await signUpStore.find(id);
        if (round % 2) expect(signUp).toEqual({ outcome: 'deleted' });
        else expect(signUp?.outcome).toBe(removed);
        const owner = await signUpStore.findIdByEmail(newUser.email);
        expect(owner).toBe(signUp?.outcome === 'created' ? id : undefined);
      });
      await Promise.all(rounds);
    });
  });
};
