import { randomUUIDv7 } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Stores, UserId } from '../../src/index.ts';
import { ada } from './ada.ts';
import { describeClaim } from './claim-contract.ts';
import { failed, LedgerScene, later, sent, unknown } from './ledger-scene.ts';
import { describeUnsent } from './unsent-contract.ts';
import { describeWithdraw } from './withdraw-contract.ts';

/** What every `WelcomeEmailLedger` must do, call by call; `openStores` makes empty ones. */
export const describeWelcomeEmailLedger = (name: string, openStores: () => Promise<Stores>): void => {
  describe(`${name} as a WelcomeEmailLedger`, () => {
    const scene = new LedgerScene(openStores);
    const { claim, emailOf, isSettled, open } = scene;

    describeClaim(scene);

    test('tells the age of the oldest email that is open, and 0 where there is none', async () => {
      expect(await scene.ledger.oldestOpenAgeMs()).toBeLessThan(60_000);
      await expect.poll(() => scene.ledger.oldestOpenAgeMs()).toBeGreaterThan(1);
      await claim('a');
      await scene.ledger.settle(scene.id, 'a', sent);
      expect(await scene.ledger.oldestOpenAgeMs()).toBe(0);
    });

    describe('settle', () => {
      test('records how it ended', async () => {
        await claim('a');
        expect(await scene.ledger.settle(scene.id, 'a', sent)).toBe(true);
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
        await scene.ledger.settle(scene.id, 'a', { ...failed, error: '550 no' });
        expect(await emailOf()).toEqual({ status: 'failed', attempts: 1, error: '550 no' });
      });

      test('takes back an attempt that asked no mail server', async () => {
        await claim('a');
        await scene.ledger.settle(scene.id, 'a', { ...later, countsAttempt: false });
        expect(await emailOf()).toEqual({ status: 'pending', attempts: 0 });
      });

      test('counts an unknown end as a copy', async () => {
        await claim('a');
        await scene.ledger.settle(scene.id, 'a', unknown);
        expect(await emailOf()).toEqual({ status: 'unknown', attempts: 1, uncertainAttempts: 1 });
        expect(await isSettled()).toBe(false);
      });

      test('is refused to a token whose claim another took over', async () => {
        await claim('stale');
        await claim('successor');
        expect(await scene.ledger.settle(scene.id, 'stale', failed)).toBe(false);
        expect(await emailOf()).toMatchObject({ status: 'sending', attempts: 2 });
        expect(await scene.ledger.settle(scene.id, 'successor', sent)).toBe(true);
      });

      test('is refused a second time', async () => {
        await claim('a');
        await scene.ledger.settle(scene.id, 'a', sent);
        expect(await scene.ledger.settle(scene.id, 'a', failed)).toBe(false);
        expect(await emailOf()).toMatchObject({ status: 'sent' });
      });
    });

    describe('giveUp', () => {
      test.for([
        ['pending', 'failed'],
        ['sending', 'unknown'],
      ])('makes an email that is %s %s', async ([before, after]) => {
        if (before === 'sending') await claim('a');
        await scene.ledger.giveUp(scene.id, 'stalled too often');
        expect(await emailOf()).toMatchObject({ status: after, error: 'stalled too often' });
        expect(await scene.ledger.settle(scene.id, 'a', sent)).toBe(false);
        expect(await isSettled()).toBe(true);
        expect(await open()).toEqual([]);
      });

      test('keeps an unknown email unknown', async () => {
        await claim('a');
        await scene.ledger.settle(scene.id, 'a', unknown);
        await scene.ledger.giveUp(scene.id, 'removed');
        expect(await emailOf()).toMatchObject({ status: 'unknown', uncertainAttempts: 1 });
        expect(await isSettled()).toBe(true);
        expect(await open()).toEqual([]);
      });

      test('changes nothing once the email has an outcome', async () => {
        await claim('a');
        await scene.ledger.settle(scene.id, 'a', sent);
        await scene.ledger.giveUp(scene.id, 'late');
        expect(await emailOf()).toMatchObject({ status: 'sent' });
      });

      test('can be undone at once although the job was lost: who gave it up says how often', async () => {
        await scene.ledger.giveUp(scene.id, 'stalled too often', 5);
        await claim('a', { lost: 5 });
        await scene.ledger.settle(scene.id, 'a', failed);
        await scene.ledger.giveUp(scene.id, 'lost before the queue knew', 6);
        await claim('b', { lost: 6 });
        await scene.ledger.settle(scene.id, 'b', sent);
        await scene.ledger.giveUp(scene.id, 'late', 7);
        expect(await emailOf()).toMatchObject({ status: 'sent', attempts: 2 });
      });

      test('can be undone by an operator who asks again, and then it is listed again', async () => {
        await claim('a');
        await scene.ledger.settle(scene.id, 'a', unknown);
        await scene.ledger.giveUp(scene.id, 'removed');
        await claim('b', { start: 2 });
        expect(await open()).toEqual([scene.id]);
      });
    });

    describeUnsent(scene);
    describeWithdraw(scene);

    describe('findOpen', () => {
      test('lists an email until it has a final outcome, the oldest first', async () => {
        const { sinceMs } = await claim('first');
        await scene.ledger.settle(scene.id, 'first', later);
        await expect.poll(Date.now).toBeGreaterThan(sinceMs);
        const secondId = randomUUIDv7();
        await scene.stores.signUpStore.create(secondId, { ...ada, email: 'later@example.com' });
        expect(await open()).toEqual([scene.id, secondId]);
        await claim('b');
        await scene.ledger.settle(scene.id, 'b', failed);
        await scene.ledger.giveUp(secondId, 'removed');
        expect(await open()).toEqual([]);
      });

      test('lists only those that are old enough', async () => {
        expect(await open(60_000)).toEqual([]);
        await expect.poll(() => open(50)).toEqual([scene.id]);
      });

      test('lists each of more than a page once, those too that are behind one that settles meanwhile', async () => {
        const more = Array.from({ length: 1_100 }, () => randomUUIDv7());
        await Promise.all(
          more.map((id, index) =>
            scene.stores.signUpStore.create(id, { ...ada, email: `page.${index}@example.com` }),
          ),
        );
        const found: UserId[] = [];
        for await (const page of scene.ledger.findOpen(0)) {
          if (found.length === 0) await scene.ledger.giveUp(page[0] as UserId, 'settled meanwhile');
          found.push(...page);
        }
        expect(found).toHaveLength(1 + more.length);
        expect(new Set(found)).toEqual(new Set([scene.id, ...more]));
      });
    });
  });
};
