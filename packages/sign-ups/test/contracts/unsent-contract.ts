import { beforeEach, describe, expect, test } from 'vitest';
import type { UserId } from '../../src/index.ts';
import { failed, type LedgerScene, later, run, sent, unknown } from './ledger-scene.ts';

/** How every `WelcomeEmailLedger` remembers the emails that ended without being sent for certain. */
export const describeUnsent = (scene: LedgerScene): void => {
  const { claim } = scene;
  const unsent = async (span = {}): Promise<UserId[]> =>
    (await Array.fromAsync(scene.ledger.findUnsent(span))).flat().map(({ id }) => id);

  describe('findUnsent', () => {
    // A store may look for those of before when it is asked for the first time.
    beforeEach(async () => expect(await unsent()).toEqual([]));

    test('lists an email that failed, from when it ended until somebody claims it again', async () => {
      await claim('a');
      expect(await unsent()).toEqual([]);
      const beforeMs = Date.now() - 1_000;
      await scene.ledger.settle(scene.id, 'a', failed);
      expect(await unsent()).toEqual([scene.id]);
      const endedMs = (await scene.ledger.unsentSince(scene.id)) as number;
      expect(endedMs).toBeGreaterThan(beforeMs);
      expect(await unsent({ from: endedMs, to: endedMs })).toEqual([scene.id]);
      expect(await unsent({ to: endedMs - 1 })).toEqual([]);
      expect(await unsent({ from: endedMs + 1 })).toEqual([]);
      await claim('b');
      expect(await unsent()).toEqual([]);
      expect(await scene.ledger.unsentSince(scene.id)).toBeUndefined();
    });

    test('lists one that stays unknown, and not one that may be tried again', async () => {
      await claim('a');
      await scene.ledger.settle(scene.id, 'a', unknown);
      expect(await unsent()).toEqual([]);
      await claim('b');
      await scene.ledger.settle(scene.id, 'b', { ...unknown, isFinal: true });
      expect(await unsent()).toEqual([scene.id]);
    });

    test('lists one whose copies are used up', async () => {
      await claim('dead', { maxCopies: 1 });
      await scene.ledger.claim(scene.id, 'late', { ...run, maxCopies: 1, lost: 1, start: 2 });
      expect(await unsent()).toEqual([scene.id]);
    });

    test('lists one that was given up, and not one that was sent or waits', async () => {
      await scene.ledger.giveUp(scene.id, 'stalled too often');
      expect(await unsent()).toEqual([scene.id]);
      await claim('a');
      await scene.ledger.settle(scene.id, 'a', later);
      expect(await unsent()).toEqual([]);
      await claim('b');
      await scene.ledger.settle(scene.id, 'b', sent);
      await scene.ledger.giveUp(scene.id, 'late');
      expect(await unsent()).toEqual([]);
    });

    test('does not list one that an operator removed, before or after it ended', async () => {
      await claim('a');
      await scene.ledger.settle(scene.id, 'a', failed);
      await scene.ledger.withdraw(scene.id, 'removed');
      expect(await unsent()).toEqual([]);
    });

    test('does not list a user who was deleted', async () => {
      await scene.ledger.giveUp(scene.id, 'stalled too often');
      await scene.stores.signUpStore.delete(scene.id);
      expect(await unsent()).toEqual([]);
    });
  });
};
