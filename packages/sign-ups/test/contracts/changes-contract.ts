import { randomUUIDv7 } from 'node:crypto';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { SignUpChanges, Stores, UserId } from '../../src/index.ts';
import { ada } from './ada.ts';

/** Sooner than whatever is looked at in any case, which is after 15 s. */
const soon = { timeout: 8_000 };
const run = { maxCopies: 3, job: 1, start: 1, lost: 0 };

/** What every store says of its changes. */
export const describeChanges = (open: () => Promise<{ stores: Stores; changes: SignUpChanges }>): void => {
  describe('what a client sees of a sign-up is looked at again when', () => {
    let stores: Stores;
    let changes: SignUpChanges;
    let id: UserId;
    beforeEach(async () => {
      ({ stores, changes } = await open());
      id = randomUUIDv7();
    });
    const made = () => stores.signUpStore.create(id, ada);
    const sending = async () => {
      await made();
      await stores.welcomeEmails.claim(id, 'token', run);
    };
    const settle = (settlement: { status: 'sent' | 'pending'; isFinal: boolean }) =>
      stores.welcomeEmails.settle(id, 'token', { countsAttempt: true, ...settlement });

    test.for<[string, () => Promise<unknown>, () => Promise<unknown>]>([
      ['its user is made', async () => {}, made],
      ['it is rejected', () => stores.signUpStore.create(randomUUIDv7(), ada), made],
      ['it fails', async () => {}, () => stores.signUpStore.recordFailure(id)],
      ['it is removed', async () => {}, () => stores.signUpStore.recordRemoval(id)],
      ['it is deleted', made, () => stores.signUpStore.delete(id)],
      ['its email is being sent', made, () => stores.welcomeEmails.claim(id, 'token', run)],
      ['its email is sent', sending, () => settle({ status: 'sent', isFinal: true })],
      ['its email has to wait', sending, () => settle({ status: 'pending', isFinal: false })],
      ['its email is given up', made, () => stores.welcomeEmails.giveUp(id, 'no')],
      ['its email is withdrawn', made, () => stores.welcomeEmails.withdraw(id, 'no')],
      [
        'its email has been sent too often without an answer',
        sending,
        () => stores.welcomeEmails.claim(id, 'other', { ...run, start: 2, maxCopies: 1 }),
      ],
    ])('%s', async ([_, prepare, change]) => {
      await prepare();
      let looks = 0;
      const stop = changes.follow(id, () => {
        looks += 1;
      });
      onTestFinished(stop);
      await expect.poll(() => looks, soon).toBeGreaterThan(0); // it is subscribed
      const before = looks; // more than once if that took longer than a second
      await change();
      await expect.poll(() => looks, soon).toBeGreaterThan(before);
    });
  });
};
