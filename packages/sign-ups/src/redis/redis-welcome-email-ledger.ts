import { defineScript, readByScore, redisNowMs } from '@backend-jobs/redis';
import { Type } from '@sinclair/typebox';
import type { Redis } from 'ioredis';
import type { UserId } from '../user.ts';
import type { WelcomeEmailClaim, WelcomeEmailLedger } from '../welcome-email-ledger.ts';
import { createKeys, type RedisLayout } from './keys.ts';
import { Count, idPlace, parserOf, toFields, toUser, UserFields } from './record.ts';
import { createUnsentIndex } from './unsent-index.ts';

const claimEmail = defineScript(new URL('./claim-welcome-email.lua', import.meta.url), {
  keys: ['record', 'openEmails', 'unsentEmails'],
  args: ['id', 'token', 'maxCopies', 'job', 'start', 'lost'],
});
const settleEmail = defineScript(new URL('./settle-welcome-email.lua', import.meta.url), {
  keys: ['record', 'openEmails', 'unsentEmails'],
  args: [
    'id',
    'token',
    'status',
    'isFinal',
    'countsAttempt',
    'messageId',
    'sentAt',
    'error',
    'refusals',
    'refusedSinceMs',
  ],
});
const giveUpEmail = defineScript(new URL('./give-up-welcome-email.lua', import.meta.url), {
  keys: ['record', 'openEmails', 'unsentEmails'],
  args: ['id', 'error', 'lost'],
});
const withdrawEmail = defineScript(new URL('./withdraw-welcome-email.lua', import.meta.url), {
  keys: ['record', 'openEmails', 'unsentEmails'],
  args: ['id', 'error'],
});

/** Keeps the ledger in the record that `createRedisSignUpStore` makes. The caller opens and closes the connection. */
export const createRedisWelcomeEmailLedger = (connection: Redis, layout: RedisLayout): WelcomeEmailLedger => {
  const keys = createKeys(layout);
  const claim = claimEmail(connection);
  const settle = settleEmail(connection);
  const giveUp = giveUpEmail(connection);
  const withdraw = withdrawEmail(connection);
  const fillUnsent = createUnsentIndex(connection, keys);
  const keysOf = (id: UserId) => ({
    record: keys.record(id),
    openEmails: keys.openEmails,
    unsentEmails: keys.unsentEmails,
  });

  return {
    claim: async (id, token, { maxCopies, job, start, lost }) => {
      const args = { id, token, maxCopies, job, start, lost };
      return toClaim(await claim({ keys: keysOf(id), args }), id);
    },

    settle: async (id, token, settlement) => {
      const { status, messageId = '', sentAt = '', error = '', refusals } = settlement;
      const args = {
        id,
        token,
        status,
        isFinal: settlement.isFinal ? '1' : '0',
        countsAttempt: settlement.countsAttempt ? '1' : '0',
        messageId: messageId.replace(id, idPlace),
        sentAt,
        error,
        refusals: refusals?.count ?? '',
        refusedSinceMs: refusals?.sinceMs ?? '',
      };
      return (await settle({ keys: keysOf(id), args })) === 1;
    },

    giveUp: async (id, error, lost) => {
      await giveUp({ keys: keysOf(id), args: { id, error, lost: lost ?? '' } });
    },

    withdraw: async (id, error) => (await withdraw({ keys: keysOf(id), args: { id, error } })) === 1,

    findOpen: async (ageMs, { offset, count }) => {
      const untilMs = (await redisNowMs(connection)) - ageMs;
      return connection.zrangebyscore(keys.openEmails, '-inf', untilMs, 'LIMIT', offset, count);
    },

    findUnsent: async function* (span) {
      await fillUnsent();
      for await (const page of readByScore(connection, keys.unsentEmails, span))
        yield page.map(({ member, score }) => ({ id: member, endedMs: score }));
    },

    unsentSince: async (id) => {
      const score = await connection.zscore(keys.unsentEmails, id);
      return score === null ? undefined : Number(score);
    },
  };
};

const parseClaimed = parserOf(
  Type.Object({
    ...UserFields.properties,
    attempts: Count,
    sinceMs: Count,
    copiesLeft: Count,
    claimedMs: Count,
    refusals: Type.Optional(Count),
    refusedSinceMs: Type.Optional(Count),
  }),
);

const toClaim = (reply: unknown, id: UserId): WelcomeEmailClaim => {
  const [kind, ...flat] = reply as [WelcomeEmailClaim['kind'], ...unknown[]];
  if (kind !== 'claimed') return { kind };
  const claimed = parseClaimed(toFields(flat), id);
  return {
    kind,
    user: toUser(claimed),
    attempts: Number(claimed.attempts),
    sinceMs: Number(claimed.sinceMs),
    copiesLeft: Number(claimed.copiesLeft),
    claimedMs: Number(claimed.claimedMs),
    refusals:
      claimed.refusals === undefined
        ? undefined
        : { count: Number(claimed.refusals), sinceMs: Number(claimed.refusedSinceMs) },
  };
};
