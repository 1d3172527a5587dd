import { randomUUIDv7 } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { ada } from './ada.ts';
import { failed, type LedgerScene, later, run, sent, unknown } from './ledger-scene.ts';

/** How every `WelcomeEmailLedger` gives an email to one run of one job at a time. */
export const describeClaim = (scene: LedgerScene): void => {
  const { claim, emailOf, isSettled, open } = scene;

  describe('claim', () => {
    test('returns the user, and shows the email as being sent, the attempt counted', async () => {
      const { user, attempts, copiesLeft } = await claim('a');
      expect({ user, attempts, copiesLeft }).toMatchObject({
        user: { id: scene.id, ...ada },
        attempts: 1,
        copiesLeft: 2,
      });
      expect(await emailOf()).toEqual({ status: 'sending', attempts: 1 });
    });

    test('finds nothing to send once it was sent, nor without a user', async () => {
      await claim('a');
      await scene.ledger.settle(scene.id, 'a', sent);
      expect(await scene.ledger.claim(scene.id, 'b', run)).toEqual({ kind: 'nothing-to-send' });
      expect(await scene.ledger.claim(randomUUIDv7(), 'b', run)).toEqual({ kind: 'nothing-to-send' });
    });

    test('returns the same claim to one token, however often the call arrives', async () => {
      const { claimedMs, ...first } = await claim('a', { maxCopies: 1 });
      expect(await claim('a', { maxCopies: 1 })).toMatchObject(first);
      expect(await emailOf()).toEqual({ status: 'sending', attempts: 1 });
    });

    test('is refused to a run earlier than the one that claimed, and given to a later one', async () => {
      await claim('a', { start: 3 });
      expect(await scene.ledger.claim(scene.id, 'late', { ...run, start: 2 })).toEqual({
        kind: 'nothing-to-send',
      });
      const older = await scene.ledger.claim(scene.id, 'older', { ...run, job: 999, start: 9 });
      expect(older).toEqual({ kind: 'nothing-to-send' });
      expect(await emailOf()).toEqual({ status: 'sending', attempts: 1 });
      expect(await claim('newer', { job: 1_001 })).toMatchObject({ attempts: 2 });
    });

    test('is given to a job that seems to be older, once nobody sends: clocks differ', async () => {
      await claim('a', { job: 5_000_000 });
      await scene.ledger.settle(scene.id, 'a', later);
      expect(await claim('b', { job: 1_000 })).toMatchObject({ attempts: 2 });
    });

    test('is given to a job that was added after the last one, whatever a clock said', async () => {
      expect(await scene.ledger.lastJob(scene.id)).toBe(0);
      await claim('a', { job: 5_000_000 });
      const job = (await scene.ledger.lastJob(scene.id)) + 1;
      expect(await claim('b', { job })).toMatchObject({ attempts: 2, copiesLeft: 1 });
      expect(await scene.ledger.lastJob(scene.id)).toBe(5_000_001);
    });

    test('counts a claim that it takes over as a copy', async () => {
      await claim('dead');
      expect(await claim('a')).toMatchObject({ copiesLeft: 1 });
      expect(await emailOf()).toEqual({ status: 'sending', attempts: 2, uncertainAttempts: 1 });
    });

    test('is blocked once so many copies may be out, for as long as nobody asks again', async () => {
      await claim('1');
      await scene.ledger.settle(scene.id, '1', unknown);
      await claim('2');
      expect(await claim('3')).toMatchObject({ copiesLeft: 0 });
      expect(await scene.ledger.claim(scene.id, '4', { ...run, lost: 1, start: 2 })).toEqual({
        kind: 'blocked',
      });
      expect(await emailOf()).toEqual({ status: 'unknown', attempts: 3, uncertainAttempts: 3 });
      expect(await isSettled()).toBe(true);
      expect(await open()).toEqual([]);
      expect(await claim('5', { lost: 1, start: 3 })).toMatchObject({ attempts: 4, copiesLeft: 2 });
      expect(await open()).toEqual([scene.id]);
    });

    test('is blocked for one token, however often the call arrives', async () => {
      await claim('dead', { maxCopies: 1 });
      const lost = { ...run, maxCopies: 1, lost: 1, start: 2 };
      expect(await scene.ledger.claim(scene.id, 'a', lost)).toEqual({ kind: 'blocked' });
      expect(await scene.ledger.claim(scene.id, 'a', lost)).toEqual({ kind: 'blocked' });
      expect(await emailOf()).toEqual({ status: 'unknown', attempts: 1, uncertainAttempts: 1 });
      expect(await scene.ledger.settle(scene.id, 'a', sent)).toBe(false);
    });

    test('is blocked for an email that is over when its job was lost since, and given when asked again', async () => {
      await claim('a');
      await scene.ledger.settle(scene.id, 'a', failed);
      expect(await scene.ledger.claim(scene.id, 'b', { ...run, lost: 1 })).toEqual({ kind: 'blocked' });
      expect(await emailOf()).toEqual({ status: 'failed', attempts: 1 });
      expect(await claim('c')).toMatchObject({ attempts: 2 });
    });

    test('is blocked once for each time that the job was lost, and then given when asked again', async () => {
      await claim('a');
      await scene.ledger.settle(scene.id, 'a', failed);
      const lost = { ...run, lost: 1, start: 2 };
      expect(await scene.ledger.claim(scene.id, 'b', lost)).toEqual({ kind: 'blocked' });
      expect(await scene.ledger.claim(scene.id, 'b', lost)).toEqual({ kind: 'blocked' });
      // A retry of the same job, for which the queue does not forget how often it was lost.
      expect(await claim('c', { lost: 1, start: 3 })).toMatchObject({ attempts: 2 });
    });

    test('says how often the server has refused it, until an attempt ends otherwise', async () => {
      await claim('a');
      await scene.ledger.settle(scene.id, 'a', {
        ...later,
        error: '554 no',
        refusals: { count: 2, sinceMs: 1_700_000_000_000 },
      });
      expect(await claim('b')).toMatchObject({
        refusals: { count: 2, sinceMs: 1_700_000_000_000 },
      });
      await scene.ledger.settle(scene.id, 'b', later);
      expect(await claim('c')).toMatchObject({ refusals: undefined });
    });

    test('removes the error of the attempt before', async () => {
      await claim('a');
      await scene.ledger.settle(scene.id, 'a', { ...failed, error: '550 no' });
      await claim('b');
      expect(await emailOf()).toEqual({ status: 'sending', attempts: 2 });
    });

    test('dates from the user, and anew from when it was asked for again', async () => {
      const first = await claim('a');
      const { fromMs, toMs } = scene.created;
      for (const ms of [Date.parse(first.user.createdAt), first.sinceMs]) {
        expect(ms).toBeGreaterThan(fromMs - 1_000); // by different clocks
        expect(ms).toBeLessThan(toMs + 1_000);
      }
      await scene.ledger.settle(scene.id, 'a', later);
      expect((await claim('b')).sinceMs).toBe(first.sinceMs);
      await scene.ledger.settle(scene.id, 'b', failed);
      await expect.poll(Date.now).toBeGreaterThan(first.sinceMs);
      expect((await claim('c')).sinceMs).toBeGreaterThan(first.sinceMs);
    });
  });
};
