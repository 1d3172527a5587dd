import { randomUUIDv7 } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import type {
  Stores,
  UserId,
  WelcomeEmail,
  WelcomeEmailClaim,
  WelcomeEmailLedger,
  WelcomeEmailRun,
  WelcomeEmailSettlement,
} from '../../src/index.ts';
import { ada } from './sign-up-store-contract.ts';

/** The first run of an email's first job. */
const run: WelcomeEmailRun = { maxCopies: 3, job: 1_000, start: 1, lost: 0 };

const sent: WelcomeEmailSettlement = {
  status: 'sent',
  isFinal: true,
  countsAttempt: true,
  messageId: '<m@x>',
  sentAt: '2026-01-31T12:00:00.000Z',
};
const later: WelcomeEmailSettlement = { status: 'pending', isFinal: false, countsAttempt: true };
const failed: WelcomeEmailSettlement = { status: 'failed', isFinal: true, countsAttempt: true };
const unknown: WelcomeEmailSettlement = { status: 'unknown', isFinal: false, countsAttempt: true };

/** What every `WelcomeEmailLedger` must do, call by call; `openStores` makes empty ones. */
export const describeWelcomeEmailLedger = (name: string, openStores: () => Promise<Stores>): void => {
  describe(`${name} as a WelcomeEmailLedger`, () => {
    let stores: Stores;
    let ledger: WelcomeEmailLedger;
    let id: UserId;

    const emailOf = async (of = id): Promise<WelcomeEmail | undefined> => {
      const signUp = await stores.signUpStore.find(of);
      return signUp?.outcome === 'created' ? signUp.welcomeEmail : undefined;
    };
    const isSettled = async () => {
      const signUp = await stores.signUpStore.find(id);
      return signUp?.outcome === 'created' && signUp.isSettled;
    };
    const open = () => ledger.findOpen(Date.now() + 1, { offset: 0, count: 10 });
    const claim = async (token: string, more: Partial<WelcomeEmailRun> = {}, of = id) => {
      const claimed = await ledger.claim(of, token, { ...run, ...more });
      if (claimed.kind !== 'claimed') throw new Error(`The claim is ${claimed.kind}`);
      return claimed satisfies WelcomeEmailClaim;
    };

    beforeEach(async () => {
      stores = await openStores();
      ledger = stores.welcomeEmails;
      id = randomUUIDv7();
      await stores.signUpStore.create(id, ada);
    });

    describe('claim', () => {
      test('returns the user, and shows the email as being sent, the attempt counted', async () => {
        const { user, attempts, copiesLeft } = await claim('a');
        expect({ user, attempts, copiesLeft }).toMatchObject({
          user: { id, ...ada },
          attempts: 1,
          copiesLeft: 2,
        });
        expect(await emailOf()).toEqual({ status: 'sending', attempts: 1 });
      });

      test('finds nothing to send once it was sent, nor without a user', async () => {
        await claim('a');
        await ledger.settle(id, 'a', sent);
        expect(await ledger.claim(id, 'b', run)).toEqual({ kind: 'nothing-to-send' });
        expect(await ledger.claim(randomUUIDv7(), 'b', run)).toEqual({ kind: 'nothing-to-send' });
      });

      test('returns the same claim to one token, however often the call arrives', async () => {
        const { claimedMs, ...first } = await claim('a', { maxCopies: 1 });
        expect(await claim('a', { maxCopies: 1 })).toMatchObject(first);
        expect(await emailOf()).toEqual({ status: 'sending', attempts: 1 });
      });

      test('is refused to a run earlier than the one that claimed, and given to a later one', async () => {
        await claim('a', { start: 3 });
        expect(await ledger.claim(id, 'late', { ...run, start: 2 })).toEqual({ kind: 'nothing-to-send' });
        const older = await ledger.claim(id, 'older', { ...run, job: 999, start: 9 });
        expect(older).toEqual({ kind: 'nothing-to-send' });
        expect(await emailOf()).toEqual({ status: 'sending', attempts: 1 });
        expect(await claim('newer', { job: 1_001 })).toMatchObject({ attempts: 2 });
      });

      test('counts a claim that it takes over as a copy', async () => {
        await claim('dead');
        expect(await claim('a')).toMatchObject({ copiesLeft: 1 });
        expect(await emailOf()).toEqual({ status: 'sending', attempts: 2, uncertainAttempts: 1 });
      });

      test('is blocked once so many copies may be out, for as long as nobody asks again', async () => {
        await claim('1');
        await ledger.settle(id, '1', unknown);
        await claim('2');
        expect(await claim('3')).toMatchObject({ copiesLeft: 0 });
        expect(await ledger.claim(id, '4', { ...run, lost: 1, start: 2 })).toEqual({ kind: 'blocked' });
        expect(await emailOf()).toEqual({ status: 'unknown', attempts: 3, uncertainAttempts: 3 });
        expect(await isSettled()).toBe(true);
        expect(await open()).toEqual([]);
        expect(await claim('5', { lost: 1, start: 3 })).toMatchObject({ attempts: 4, copiesLeft: 2 });
        expect(await open()).toEqual([id]);
      });

      test('is blocked for one token, however often the call arrives', async () => {
        await claim('dead', { maxCopies: 1 });
        const lost = { ...run, maxCopies: 1, lost: 1, start: 2 };
        expect(await ledger.claim(id, 'a', lost)).toEqual({ kind: 'blocked' });
        expect(await ledger.claim(id, 'a', lost)).toEqual({ kind: 'blocked' });
        expect(await emailOf()).toEqual({ status: 'unknown', attempts: 1, uncertainAttempts: 1 });
        expect(await ledger.settle(id, 'a', sent)).toBe(false);
      });

      test('is blocked for an email that is over when its job was lost since, and given when asked again', async () => {
        await claim('a');
        await ledger.settle(id, 'a', failed);
        expect(await ledger.claim(id, 'b', { ...run, lost: 1 })).toEqual({ kind: 'blocked' });
        expect(await emailOf()).toEqual({ status: 'failed', attempts: 1 });
        expect(await claim('c')).toMatchObject({ attempts: 2 });
      });

      test('says since when the server has refused it, until an attempt ends otherwise', async () => {
        await claim('a');
        await ledger.settle(id, 'a', { ...later, error: '554 no', refusedSinceMs: 1_700_000_000_000 });
        expect(await claim('b')).toMatchObject({ refusedSinceMs: 1_700_000_000_000 });
        await ledger.settle(id, 'b', later);
        expect(await claim('c')).toMatchObject({ refusedSinceMs: undefined });
      });

      test('removes the error of the attempt before', async () => {
        await claim('a');
        await ledger.settle(id, 'a', { ...failed, error: '550 no' });
        await claim('b');
        expect(await emailOf()).toEqual({ status: 'sending', attempts: 2 });
      });

      test('dates from the user, and anew from when it was asked for again', async () => {
        const first = await claim('a');
        expect(Date.parse(first.user.createdAt)).toBe(first.sinceMs);
        await ledger.settle(id, 'a', later);
        expect((await claim('b')).sinceMs).toBe(first.sinceMs);
        await ledger.settle(id, 'b', failed);
        await expect.poll(Date.now).toBeGreaterThan(first.sinceMs);
        expect((await claim('c')).sinceMs).toBeGreaterThan(first.sinceMs);
      });
    });

    describe('settle', () => {
      test('records how it ended', async () => {
        await claim('a');
        expect(await ledger.settle(id, 'a', sent)).toBe(true);
        expect(await emailOf()).toEqual({
          status: 'sent',
          attempts: 1,
          messageId: '<m@x>',
          sentAt: '2026-01-31T12:00:00.000Z',
        });
        expect(await isSettled()).toBe(true);
      });

      test('records why it failed', async () => {
        await claim('a');
        await ledger.settle(id, 'a', { ...failed, error: '550 no' });
        expect(await emailOf()).toEqual({ status: 'failed', attempts: 1, error: '550 no' });
      });

      test('takes back an attempt that asked no mail server', async () => {
        await claim('a');
        await ledger.settle(id, 'a', { ...later, countsAttempt: false });
        expect(await emailOf()).toEqual({ status: 'pending', attempts: 0 });
      });

      test('counts an unknown end as a copy', async () => {
        await claim('a');
        await ledger.settle(id, 'a', unknown);
        expect(await emailOf()).toEqual({ status: 'unknown', attempts: 1, uncertainAttempts: 1 });
        expect(await isSettled()).toBe(false);
      });

      test('is refused to a token whose claim another took over', async () => {
        await claim('stale');
        await claim('successor');
        expect(await ledger.settle(id, 'stale', failed)).toBe(false);
        expect(await emailOf()).toMatchObject({ status: 'sending', attempts: 2 });
        expect(await ledger.settle(id, 'successor', sent)).toBe(true);
      });

      test('is refused a second time', async () => {
        await claim('a');
        await ledger.settle(id, 'a', sent);
        expect(await ledger.settle(id, 'a', failed)).toBe(false);
        expect(await emailOf()).toMatchObject({ status: 'sent' });
      });
    });

    describe('giveUp', () => {
      test.for([
        ['pending', 'failed'],
        ['sending', 'unknown'],
      ])('makes an email that is %s %s', async ([before, after]) => {
        if (before === 'sending') await claim('a');
        await ledger.giveUp(id, 'stalled too often');
        expect(await emailOf()).toMatchObject({ status: after, error: 'stalled too often' });
        expect(await ledger.settle(id, 'a', sent)).toBe(false);
        expect(await isSettled()).toBe(true);
        expect(await open()).toEqual([]);
      });

      test('keeps an unknown email unknown', async () => {
        await claim('a');
        await ledger.settle(id, 'a', unknown);
        await ledger.giveUp(id, 'removed');
        expect(await emailOf()).toMatchObject({ status: 'unknown', uncertainAttempts: 1 });
        expect(await isSettled()).toBe(true);
        expect(await open()).toEqual([]);
      });

      test('changes nothing once the email has an outcome', async () => {
        await claim('a');
        await ledger.settle(id, 'a', sent);
        await ledger.giveUp(id, 'late');
        expect(await emailOf()).toMatchObject({ status: 'sent' });
      });

      test('can be undone by an operator who asks again, and then it is listed again', async () => {
        await claim('a');
        await ledger.settle(id, 'a', unknown);
        await ledger.giveUp(id, 'removed');
        await claim('b', { start: 2 });
        expect(await open()).toEqual([id]);
      });
    });

    describe('findOpen', () => {
      test('lists an email until it has a final outcome, the oldest first', async () => {
        const createdMs = Date.parse((await claim('first')).user.createdAt);
        await ledger.settle(id, 'first', later);
        const secondId = randomUUIDv7();
        await expect.poll(Date.now).toBeGreaterThan(createdMs);
        await stores.signUpStore.create(secondId, { ...ada, email: 'later@example.com' });
        expect(await open()).toEqual([id, secondId]);
        expect(await ledger.findOpen(createdMs + 1, { offset: 0, count: 10 })).toEqual([id]);
        await claim('b');
        await ledger.settle(id, 'b', failed);
        await ledger.giveUp(secondId, 'removed');
        expect(await open()).toEqual([]);
      });

      test('returns page after page', async () => {
        const more = Array.from({ length: 4 }, () => randomUUIDv7());
        for (const [index, each] of more.entries())
          await stores.signUpStore.create(each, { ...ada, email: `page.${index}@example.com` });
        const pages = await Promise.all(
          [0, 2, 4].map((offset) => ledger.findOpen(Date.now() + 1, { offset, count: 2 })),
        );
        expect(pages.map(({ length }) => length)).toEqual([2, 2, 1]);
        expect(new Set(pages.flat())).toEqual(new Set([id, ...more]));
      });
    });
  });
};
