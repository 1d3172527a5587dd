import { describe, expect, test } from 'vitest';
import { failed, type LedgerScene, later, run, sent, unknown } from './ledger-scene.ts';

export const describeWithdraw = (scene: LedgerScene): void => {
  const { claim, emailOf, isSettled, open } = scene;
  const withdraw = () => scene.ledger.withdraw(scene.id, 'removed');
  const claimAgain = (start: number) => scene.ledger.claim(scene.id, 'late', { ...run, job: 2_000, start });

  describe('withdraw', () => {
    test('ends an email that waits: nobody can send it, and nobody finds it open', async () => {
      expect(await withdraw()).toBe(true);
      expect(await emailOf()).toEqual({ status: 'failed', attempts: 0, error: 'removed' });
      expect(await isSettled()).toBe(true);
      expect(await open()).toEqual([]);
      expect(await claimAgain(1)).toEqual({ kind: 'nothing-to-send' });
      expect(await emailOf()).toEqual({ status: 'failed', attempts: 0, error: 'removed' });
    });

    test('ends an email that was tried, and one that an operator asked for again', async () => {
      await claim('a');
      await scene.ledger.settle(scene.id, 'a', { ...failed, error: '550 no' });
      await claim('b');
      await scene.ledger.settle(scene.id, 'b', { ...later, error: '451 later' });
      expect(await withdraw()).toBe(true);
      expect(await emailOf()).toEqual({ status: 'failed', attempts: 2, error: 'removed' });
      expect(await claimAgain(1)).toEqual({ kind: 'nothing-to-send' });
    });

    test('keeps the outcome of an email that is over, and yet nobody can send it', async () => {
      await claim('a');
      await scene.ledger.settle(scene.id, 'a', { ...failed, error: '550 no' });
      expect(await withdraw()).toBe(true);
      expect(await emailOf()).toEqual({ status: 'failed', attempts: 1, error: '550 no' });
      expect(await claimAgain(1)).toEqual({ kind: 'nothing-to-send' });
    });

    test('keeps an unknown email unknown', async () => {
      await claim('a');
      await scene.ledger.settle(scene.id, 'a', unknown);
      expect(await withdraw()).toBe(true);
      expect(await emailOf()).toMatchObject({ status: 'unknown', uncertainAttempts: 1, error: 'removed' });
      expect(await isSettled()).toBe(true);
      expect(await open()).toEqual([]);
    });

    test('is refused while the email is being sent, which goes on', async () => {
      await claim('a');
      expect(await withdraw()).toBe(false);
      expect(await scene.ledger.settle(scene.id, 'a', sent)).toBe(true);
      expect(await emailOf()).toMatchObject({ status: 'sent' });
    });

    test('changes nothing about an email that was sent, or that has no user', async () => {
      await claim('a');
      await scene.ledger.settle(scene.id, 'a', sent);
      expect(await withdraw()).toBe(true);
      expect(await emailOf()).toMatchObject({ status: 'sent' });
      await scene.stores.signUpStore.delete(scene.id);
      expect(await withdraw()).toBe(true);
      expect(await scene.stores.signUpStore.find(scene.id)).toEqual({ outcome: 'deleted' });
    });
  });
};
