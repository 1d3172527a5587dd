import { randomUUIDv7 } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import type { SignUpEvents, Stores, UserId } from '../../src/index.ts';
import { ada } from './ada.ts';
import { failed, later, run, sent, unknown } from './ledger-scene.ts';

/** Which events the stores of one process have to tell: for each sign-up that was accepted, one end. */
export const describeSignUpEvents = (
  name: string,
  openStores: (events: SignUpEvents) => Promise<Stores>,
): void => {
  describe(`the ends of sign-ups in ${name}`, () => {
    let ends: string[];
    let welcomed: [UserId, string][];
    let stores: Stores;
    let id: UserId;

    beforeEach(async () => {
      ends = [];
      welcomed = [];
      stores = await openStores({
        ended: (end) => void ends.push(end),
        welcomed: (user, sentAt) => void welcomed.push([user, sentAt]),
      });
      id = randomUUIDv7();
    });

    const create = (signUp = id) => stores.signUpStore.create(signUp, ada);
    const end = async (token: string, settlement: Parameters<Stores['welcomeEmails']['settle']>[2]) => {
      await stores.welcomeEmails.claim(id, token, run);
      await stores.welcomeEmails.settle(id, token, settlement);
    };

    test('a welcome that was sent, with its time, after tries that were no end', async () => {
      await create();
      await create(); // the second pass of its job
      await end('a', later);
      await end('b', unknown);
      expect(ends).toEqual([]);
      await end('c', sent);
      await end('d', sent); // nothing to send
      await stores.welcomeEmails.giveUp(id, 'too late');
      await stores.welcomeEmails.withdraw(id, 'too late');
      await stores.signUpStore.delete(id);
      expect(ends).toEqual(['welcome_sent']);
      expect(welcomed).toEqual([[id, sent.sentAt]]);
    });

    test('a welcome that failed, and not its end after an operator has had it sent again', async () => {
      await create();
      await end('a', failed);
      expect(ends).toEqual(['welcome_failed']);
      await end('b', failed);
      await end('c', sent);
      expect(ends).toEqual(['welcome_failed']);
      expect(welcomed).toEqual([]); // it would seem to have taken days
    });

    test('a welcome that failed, and not the deletion of its user while it is sent again', async () => {
      await create();
      await end('a', failed);
      await stores.welcomeEmails.claim(id, 'b', run);
      await stores.signUpStore.delete(id);
      expect(ends).toEqual(['welcome_failed']);
    });

    test('a welcome that was given up, as failed or unknown', async () => {
      await create();
      await stores.welcomeEmails.giveUp(id, 'no');
      await stores.welcomeEmails.giveUp(id, 'no');
      expect(ends).toEqual(['welcome_failed']);
      await stores.signUpStore.delete(id);
      id = randomUUIDv7();
      await create();
      await stores.welcomeEmails.claim(id, 'a', run);
      await stores.welcomeEmails.giveUp(id, 'no');
      expect(ends).toEqual(['welcome_failed', 'welcome_unknown']);
    });

    test('a welcome that was lost with its worker, when no more copies may be out', async () => {
      await create();
      await stores.welcomeEmails.claim(id, 'a', { ...run, maxCopies: 1 });
      await stores.welcomeEmails.claim(id, 'b', { ...run, maxCopies: 1, lost: 1, start: 2 });
      await stores.welcomeEmails.claim(id, 'c', { ...run, maxCopies: 1, lost: 2, start: 3 });
      expect(ends).toEqual(['welcome_unknown']);
    });

    test('a welcome that was removed', async () => {
      await create();
      await stores.welcomeEmails.withdraw(id, 'removed');
      await stores.welcomeEmails.withdraw(id, 'removed');
      expect(ends).toEqual(['welcome_failed']);
    });

    test('a rejection, whose job runs again', async () => {
      await create();
      const second = randomUUIDv7();
      await create(second);
      await create(second);
      await stores.signUpStore.recordRemoval(second);
      await stores.signUpStore.delete(second);
      expect(ends).toEqual(['rejected']);
    });

    test('a failure, and not the end after an operator has had it tried again', async () => {
      await stores.signUpStore.recordFailure(id);
      await stores.signUpStore.recordFailure(id);
      expect(ends).toEqual(['failed']);
      await create();
      await end('a', sent);
      expect(ends).toEqual(['failed']);
      await stores.signUpStore.delete(id);

      const [removed, rejected] = [randomUUIDv7(), randomUUIDv7()];
      await stores.signUpStore.recordFailure(removed);
      await stores.signUpStore.recordRemoval(removed);
      await create();
      await stores.signUpStore.recordFailure(rejected);
      id = randomUUIDv7();
      await create();
      await create(rejected);
      expect(ends).toEqual(['failed', 'failed', 'failed']);
    });

    test('no failure of a user who was created: the welcome is on its way', async () => {
      await create();
      await stores.signUpStore.recordFailure(id);
      expect(ends).toEqual([]);
    });

    test('a removal and a deletion before anything was decided', async () => {
      await stores.signUpStore.recordRemoval(id);
      await stores.signUpStore.recordRemoval(id);
      await create();
      await stores.signUpStore.delete(id);
      const deleted = randomUUIDv7();
      await stores.signUpStore.delete(deleted);
      await stores.signUpStore.delete(deleted);
      await create(deleted);
      expect(ends).toEqual(['removed', 'deleted']);
    });

    test('the deletion of a user whose welcome waits', async () => {
      await create();
      await stores.signUpStore.delete(id);
      expect(ends).toEqual(['deleted']);
    });
  });
};
