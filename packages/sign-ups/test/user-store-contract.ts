import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import type { NewUser, UserStore, WelcomeEmailRun } from '../src/index.ts';

const ada: NewUser = { name: 'Ada Lovelace', email: 'ada@example.com', locale: 'en' };

/** The first start of a job. */
const run: WelcomeEmailRun = { onUnknown: 'resend', stalls: 0, addedMs: 1_000, start: 1 };

/** What any UserStore must do; `openStore` makes an empty one. */
export const describeUserStore = (name: string, openStore: () => Promise<UserStore>): void => {
  describe(`${name} as a UserStore`, () => {
    let store: UserStore;
    const id = randomUUID();
    const otherId = randomUUID();

    beforeEach(async () => {
      store = await openStore();
    });

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

    test('makes the same user once, however often it is asked', async () => {
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
      const ids = Array.from({ length: 50 }, () => randomUUID());
      const signUps = await Promise.all(ids.map((each) => store.create(each, ada)));
      const outcomes = signUps.map(({ outcome }) => outcome);
      expect(outcomes.filter((outcome) => outcome === 'created')).toHaveLength(1);
      expect(await store.findIdByEmail(ada.email)).toBe(ids[outcomes.indexOf('created')]);
    });

    test('finds an id by its email, in whatever case', async () => {
      await store.create(id, ada);
      expect(await store.findIdByEmail('Ada@EXAMPLE.com')).toBe(id);
      expect(await store.findIdByEmail('bob@example.com')).toBeUndefined();
    });

    test('knows nothing of an id that it was never given', async () => {
      expect(await store.find(id)).toBeUndefined();
    });

    test('tells every id that has an outcome', async () => {
      await store.create(id, ada);
      await store.create(otherId, ada);
      const failedId = randomUUID();
      await store.recordFailure(failedId);
      expect((await Array.fromAsync(store.ids())).sort()).toEqual([id, otherId, failedId].sort());
    });

    test('remembers a failure, and lets a retry make the user after all', async () => {
      await store.recordFailure(id);
      expect(await store.find(id)).toEqual({ outcome: 'failed' });
      expect(await store.create(id, ada)).toMatchObject({ outcome: 'created' });
    });

    test('does not let a late failure undo a user', async () => {
      await store.create(id, ada);
      await store.recordFailure(id);
      expect(await store.find(id)).toMatchObject({ outcome: 'created' });
    });

    describeLedger(() => store);
  });
};

const describeLedger = (store: () => UserStore): void => {
  describe("the welcome email's ledger", () => {
    const id = randomUUID();
    const emailOf = async () => {
      const signUp = await store().find(id);
      return signUp?.outcome === 'created' ? signUp.welcomeEmail : undefined;
    };

    const createdMs = async (of: string) => {
      const signUp = await store().find(of);
      return signUp?.outcome === 'created' ? Date.parse(signUp.user.createdAt) : Number.NaN;
    };

    beforeEach(async () => {
      await store().create(id, ada);
    });

    test('shows who claimed it that it is being sent, and counts the attempt', async () => {
      expect(await store().claimWelcomeEmail(id, 'a', run)).toMatchObject({
        user: ada,
        attempts: 1,
      });
      expect(await emailOf()).toEqual({ status: 'sending', attempts: 1 });
    });

    test('writes how it ended, for the one who holds the claim', async () => {
      await store().claimWelcomeEmail(id, 'a', run);
      const sent = {
        status: 'sent',
        attempts: 1,
        messageId: '<m@x>',
        sentAt: '2026-01-31T12:00:00.000Z',
      } as const;
      expect(await store().settleWelcomeEmail(id, 'a', { ...sent, isFinal: true })).toBe(true);
      expect(await store().find(id)).toMatchObject({ welcomeEmail: sent, isSettled: true });
    });

    test('refuses the word of one whose claim another took over', async () => {
      await store().claimWelcomeEmail(id, 'stale', run);
      await store().claimWelcomeEmail(id, 'successor', run);
      expect(
        await store().settleWelcomeEmail(id, 'stale', { status: 'failed', isFinal: true, attempts: 1 }),
      ).toBe(false);
      expect(await emailOf()).toMatchObject({ status: 'sending', attempts: 2 });
      expect(
        await store().settleWelcomeEmail(id, 'successor', { status: 'sent', isFinal: true, attempts: 2 }),
      ).toBe(true);
    });

    test('refuses to settle twice', async () => {
      await store().claimWelcomeEmail(id, 'a', run);
      await store().settleWelcomeEmail(id, 'a', { status: 'sent', isFinal: true, attempts: 1 });
      expect(
        await store().settleWelcomeEmail(id, 'a', { status: 'failed', isFinal: true, attempts: 1 }),
      ).toBe(false);
      expect(await emailOf()).toMatchObject({ status: 'sent' });
    });

    test('gives nothing to claim once it was sent, nor without a user', async () => {
      await store().claimWelcomeEmail(id, 'a', run);
      await store().settleWelcomeEmail(id, 'a', { status: 'sent', isFinal: true, attempts: 1 });
      expect(await store().claimWelcomeEmail(id, 'b', run)).toBeUndefined();
      expect(await store().claimWelcomeEmail(randomUUID(), 'b', run)).toBeUndefined();
    });

    test('can be claimed again after a failure, whose error then goes', async () => {
      await store().claimWelcomeEmail(id, 'a', run);
      await store().settleWelcomeEmail(id, 'a', {
        status: 'failed',
        isFinal: true,
        attempts: 1,
        error: '550 no',
      });
      expect(await emailOf()).toEqual({ status: 'failed', attempts: 1, error: '550 no' });
      expect(await store().claimWelcomeEmail(id, 'b', run)).toMatchObject({
        attempts: 2,
      });
      expect(await emailOf()).toEqual({ status: 'sending', attempts: 2 });
    });

    test('counts a claim that was taken over, and one that ended in the unknown', async () => {
      await store().claimWelcomeEmail(id, 'dead', run);
      await store().claimWelcomeEmail(id, 'a', run);
      expect(await emailOf()).toEqual({ status: 'sending', attempts: 2, uncertainAttempts: 1 });
      await store().settleWelcomeEmail(id, 'a', { status: 'unknown', isFinal: false, attempts: 2 });
      expect(await emailOf()).toEqual({ status: 'unknown', attempts: 2, uncertainAttempts: 2 });
    });

    test('is claimed once by one token, however often the call arrives', async () => {
      const claim = await store().claimWelcomeEmail(id, 'a', { ...run, onUnknown: 'hold' });
      expect(await store().claimWelcomeEmail(id, 'a', { ...run, onUnknown: 'hold' })).toEqual(claim);
      expect(await emailOf()).toEqual({ status: 'sending', attempts: 1 });
    });

    test('is refused to a run that began before the one that claimed it, and given to a later one', async () => {
      await store().claimWelcomeEmail(id, 'a', { ...run, start: 3 });
      expect(await store().claimWelcomeEmail(id, 'late', { ...run, start: 2 })).toBeUndefined();
      expect(
        await store().claimWelcomeEmail(id, 'older', { ...run, addedMs: 999, start: 9 }),
      ).toBeUndefined();
      expect(await emailOf()).toEqual({ status: 'sending', attempts: 1 });
      const newer = await store().claimWelcomeEmail(id, 'newer', { ...run, addedMs: 1_001 });
      expect(newer).toMatchObject({ attempts: 2 });
    });

    test('that is over is held from a job that has stalled since, and given to one that was retried', async () => {
      await store().claimWelcomeEmail(id, 'a', run);
      await store().settleWelcomeEmail(id, 'a', { status: 'failed', isFinal: true, attempts: 1 });
      const stalled = await store().claimWelcomeEmail(id, 'b', { ...run, stalls: 1 });
      expect(stalled).toMatchObject({ isHeld: true });
      expect(await emailOf()).toEqual({ status: 'failed', attempts: 1 });
      const retried = await store().claimWelcomeEmail(id, 'c', run);
      expect(retried).toMatchObject({ isHeld: false, attempts: 2 });
    });

    test('that is unknown is listed no more once it is given up', async () => {
      await store().claimWelcomeEmail(id, 'a', run);
      await store().settleWelcomeEmail(id, 'a', { status: 'unknown', isFinal: false, attempts: 1 });
      expect(await store().find(id)).toMatchObject({ isSettled: false });
      await store().giveUpWelcomeEmail(id, 'removed');
      expect(await emailOf()).toMatchObject({ status: 'unknown', uncertainAttempts: 1 });
      expect(await store().find(id)).toMatchObject({ isSettled: true });
      expect(await store().findUnwelcomed(Date.now() + 1, { offset: 0, count: 10 })).toEqual([]);
    });

    test('under hold, is held for one token, however often the call arrives', async () => {
      await store().claimWelcomeEmail(id, 'dead', { ...run, onUnknown: 'hold' });
      const stalled: WelcomeEmailRun = { ...run, onUnknown: 'hold', stalls: 1, start: 2 };
      const held = await store().claimWelcomeEmail(id, 'a', stalled);
      expect(held).toMatchObject({ isHeld: true });
      expect(await store().claimWelcomeEmail(id, 'a', stalled)).toEqual(held);
      expect(await emailOf()).toEqual({ status: 'unknown', attempts: 1, uncertainAttempts: 1 });
    });

    test('under hold, a claim that nobody settled makes it unknown, until it is asked for again', async () => {
      await store().claimWelcomeEmail(id, 'dead', { ...run, onUnknown: 'hold' });
      expect(await store().claimWelcomeEmail(id, 'a', { ...run, onUnknown: 'hold' })).toMatchObject({
        isHeld: true,
      });
      expect(await emailOf()).toEqual({ status: 'unknown', attempts: 1, uncertainAttempts: 1 });
      expect(await store().settleWelcomeEmail(id, 'a', { status: 'sent', isFinal: true, attempts: 1 })).toBe(
        false,
      );
      expect(await store().claimWelcomeEmail(id, 'b', { ...run, onUnknown: 'hold' })).toMatchObject({
        isHeld: false,
        attempts: 2,
      });
    });

    test('dates from its user, and anew from a retry of one that had failed', async () => {
      const first = await store().claimWelcomeEmail(id, 'a', run);
      await store().settleWelcomeEmail(id, 'a', { status: 'pending', isFinal: false, attempts: 1 });
      const second = await store().claimWelcomeEmail(id, 'b', run);
      expect(second?.sinceMs).toBe(first?.sinceMs);
      expect(Date.parse(first?.user.createdAt as string)).toBe(first?.sinceMs);
      await store().settleWelcomeEmail(id, 'b', { status: 'failed', isFinal: true, attempts: 2 });
      await expect
        .poll(() =>
          store()
            .claimWelcomeEmail(id, 'c', run)
            .then((claim) => claim?.sinceMs),
        )
        .toBeGreaterThanOrEqual(first?.sinceMs as number);
    });

    test('is listed until it has a final outcome, the oldest first', async () => {
      const listed = () => store().findUnwelcomed(Date.now() + 1, { offset: 0, count: 10 });
      const later = randomUUID();
      await expect.poll(Date.now).toBeGreaterThan(await createdMs(id));
      await store().create(later, { ...ada, email: 'later@example.com' });
      expect(await listed()).toEqual([id, later]);
      expect(await store().findUnwelcomed(await createdMs(later), { offset: 0, count: 10 })).toEqual([id]);
      await store().claimWelcomeEmail(id, 'a', run);
      await store().settleWelcomeEmail(id, 'a', { status: 'pending', isFinal: false, attempts: 1 });
      expect(await listed()).toEqual([id, later]);
      await store().claimWelcomeEmail(id, 'b', run);
      await store().settleWelcomeEmail(id, 'b', { status: 'failed', isFinal: true, attempts: 2 });
      await store().giveUpWelcomeEmail(later, 'removed');
      expect(await listed()).toEqual([]);
      await store().claimWelcomeEmail(id, 'c', run);
      expect(await listed()).toEqual([id]);
    });

    test.for([
      ['pending', 'failed'],
      ['sending', 'unknown'],
    ])('that is given up while it is %s becomes %s', async ([before, after]) => {
      if (before === 'sending') await store().claimWelcomeEmail(id, 'a', run);
      await store().giveUpWelcomeEmail(id, 'stalled too often');
      expect(await emailOf()).toMatchObject({ status: after, error: 'stalled too often' });
      expect(await store().settleWelcomeEmail(id, 'a', { status: 'sent', isFinal: true, attempts: 1 })).toBe(
        false,
      );
    });

    test('is not given up once it has an outcome', async () => {
      await store().claimWelcomeEmail(id, 'a', run);
      await store().settleWelcomeEmail(id, 'a', { status: 'sent', isFinal: true, attempts: 1 });
      await store().giveUpWelcomeEmail(id, 'late');
      expect(await emailOf()).toMatchObject({ status: 'sent' });
    });
  });
};
