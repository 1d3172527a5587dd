import { randomUUIDv7 } from 'node:crypto';
import { beforeEach } from 'vitest';
import type {
  Stores,
  UserId,
  WelcomeEmail,
  WelcomeEmailClaim,
  WelcomeEmailLedger,
  WelcomeEmailRun,
  WelcomeEmailSettlement,
} from '../../src/index.ts';
import { ada } from './ada.ts';

/** The first run of an email's first job. */
export const run: WelcomeEmailRun = { maxCopies: 3, job: 1_000, start: 1, lost: 0 };

export const sent: WelcomeEmailSettlement = {
  status: 'sent',
  isFinal: true,
  countsAttempt: true,
  messageId: '<m@x>',
  sentAt: '2026-01-31T12:00:00.000Z',
};
export const later: WelcomeEmailSettlement = { status: 'pending', isFinal: false, countsAttempt: true };
export const failed: WelcomeEmailSettlement = { status: 'failed', isFinal: true, countsAttempt: true };
export const unknown: WelcomeEmailSettlement = { status: 'unknown', isFinal: false, countsAttempt: true };

type Claimed = Extract<WelcomeEmailClaim, { kind: 'claimed' }>;

/** The ledger of the test that runs, in which the user `id` has a welcome email that nobody has claimed. */
export class LedgerScene {
  stores!: Stores;
  id!: UserId;

  constructor(openStores: () => Promise<Stores>) {
    beforeEach(async () => {
      this.stores = await openStores();
      this.id = randomUUIDv7();
      await this.stores.signUpStore.create(this.id, ada);
    });
  }

  get ledger(): WelcomeEmailLedger {
    return this.stores.welcomeEmails;
  }

  readonly emailOf = async (): Promise<WelcomeEmail | undefined> => {
    const signUp = await this.stores.signUpStore.find(this.id);
    return signUp?.outcome === 'created' ? signUp.welcomeEmail : undefined;
  };

  readonly isSettled = async (): Promise<boolean> => {
    const signUp = await this.stores.signUpStore.find(this.id);
    return signUp?.outcome === 'created' && signUp.isSettled;
  };

  readonly open = async (ageMs = 0): Promise<UserId[]> =>
    (await Array.fromAsync(this.ledger.findOpen(ageMs))).flat();

  /** @throws when the claim is refused */
  readonly claim = async (token: string, more: Partial<WelcomeEmailRun> = {}): Promise<Claimed> => {
    const claimed = await this.ledger.claim(this.id, token, { ...run, ...more });
    if (claimed.kind !== 'claimed') throw new Error(`The claim is ${claimed.kind}`);
    return claimed;
  };
}
