import { randomUUIDv7 } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { SignUpLimits, Stores } from '../../src/index.ts';
import { ada } from './ada.ts';

/** How every `SignUpStore` limits sign-ups. */
export const describeLimits = (openStores: (limits?: SignUpLimits) => Promise<Stores>): void => {
  describe('the limits', () => {
    const signUp = ({ signUpStore }: Stores, email: string) =>
      signUpStore.create(randomUUIDv7(), { ...ada, email });
    const retryAfter = async ({ signUpStore }: Stores, email: string) =>
      (await signUpStore.availabilityOf(email)).retryAfterSeconds;
    const rejected = { outcome: 'rejected', reason: 'too-many-sign-ups' };

    test('count the users of a mailbox, whatever tag its addresses have', async () => {
      const stores = await openStores({ perMailbox: { max: 2, durationMs: 60_000 }, perDomain: undefined });
      expect(await signUp(stores, 'vic.tim+1@example.com')).toMatchObject({ outcome: 'created' });
      expect(await retryAfter(stores, 'vic.tim@example.com')).toBe(0);
      expect(await signUp(stores, 'vic.tim+2@example.com')).toMatchObject({ outcome: 'created' });
      expect(await signUp(stores, 'VIC.TIM+3@example.com')).toEqual(rejected);
      const seconds = await retryAfter(stores, 'vic.tim@example.com');
      expect(seconds).toBeGreaterThan(50);
      expect(seconds).toBeLessThanOrEqual(60);
      expect(await signUp(stores, 'vic.tom@example.com')).toMatchObject({ outcome: 'created' });
      expect(await retryAfter(stores, 'vic.tom@example.com')).toBe(0);
    });

    test('count a Gmail mailbox once, wherever its dots are', async () => {
      const stores = await openStores({ perMailbox: { max: 1, durationMs: 60_000 }, perDomain: undefined });
      expect(await signUp(stores, 'vic.tim@gmail.com')).toMatchObject({ outcome: 'created' });
      expect(await signUp(stores, 'v.ictim+x@googlemail.com')).toEqual(rejected);
    });

    test('hold for those who come at once', async () => {
      const stores = await openStores({
        perMailbox: { max: 3, durationMs: 60_000 },
        perDomain: { max: 5, durationMs: 60_000 },
      });
      const addresses = Array.from(
        { length: 24 },
        (_, index) => `${['a', 'b', 'c'][index % 3]}+${index}@example.com`,
      );
      const signUps = await Promise.all(addresses.map((email) => signUp(stores, email)));
      const created = addresses.filter((_, index) => signUps[index]?.outcome === 'created');
      expect(created).toHaveLength(5);
      for (const mailbox of ['a', 'b', 'c'])
        expect(created.filter((email) => email.startsWith(mailbox)).length).toBeLessThanOrEqual(3);
      expect(await signUp(stores, 'new@example.com')).toEqual(rejected);
      expect(await signUp(stores, 'new@example.org')).toMatchObject({ outcome: 'created' });
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
      expect(await retryAfter(stores, 'd@example.com')).toBeGreaterThan(50);
      expect(await signUp(stores, 'c@example.org')).toMatchObject({ outcome: 'created' });
    });
  });
};
