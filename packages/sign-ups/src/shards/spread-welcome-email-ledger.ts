import type { Shards } from '@backend-jobs/redis';
import { acceptedAtMs } from '../user.ts';
import type { WelcomeEmailLedger } from '../welcome-email-ledger.ts';
import { mergeSorted } from './merge-sorted.ts';

/** One ledger of several, each of which keeps the emails of a shard. */
export const spreadWelcomeEmailLedger = (ledgers: Shards<WelcomeEmailLedger>): WelcomeEmailLedger => ({
  claim: (id, token, run) => ledgers.of(id).claim(id, token, run),
  settle: (id, token, settlement) => ledgers.of(id).settle(id, token, settlement),
  giveUp: (id, error, lost) => ledgers.of(id).giveUp(id, error, lost),
  withdraw: (id, error) => ledgers.of(id).withdraw(id, error),
  lastJob: (id) => ledgers.of(id).lastJob(id),

  // Over several shards the oldest is whose sign-up was accepted first, which the ids say.
  findOpen: async function* (ageMs) {
    const sources = ledgers.all.map((ledger) => ledger.findOpen(ageMs));
    for await (const id of mergeSorted(sources, (a, b) => acceptedAtMs(a) - acceptedAtMs(b))) yield [id];
  },

  oldestOpenAgeMs: async () =>
    Math.max(...(await Promise.all(ledgers.all.map((ledger) => ledger.oldestOpenAgeMs())))),

  findUnsent: async function* (span) {
    const sources = ledgers.all.map((ledger) => ledger.findUnsent(span));
    for await (const email of mergeSorted(sources, (a, b) => a.endedMs - b.endedMs)) yield [email];
  },

  unsentSince: (id) => ledgers.of(id).unsentSince(id),
});
