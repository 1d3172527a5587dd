import { readByScore, redisNowMs } from '@backend-jobs/redis';
import { Type } from '@sinclair/typebox';
import type { Redis } from 'ioredis';
import type { SignUpEnd, SignUpEvents } from '../sign-up-events.ts';
import type { UserId } from '../user.ts';
import type { WelcomeEmailClaim, WelcomeEmailLedger } from '../welcome-email-ledger.ts';
import { defineStoreScript } from './define-store-script.ts';
import { createKeys, type RedisLayout } from './keys.ts';
import { Count, idPlace, parserOf, toFields, toUser, UserFields } from './record.ts';
import { createUnsentIndex } from './unsent-index.ts';

const claimEmail = defineStoreScript(new URL('./claim-welcome-email.lua', import.meta.url), {
  keys: ['record', 'openEmails', 'unsentEmails'],
  args: ['id', 'token', 'maxCopies', 'job', 'start', 'lost'],
});
const settleEmail = defineStoreScript(new URL('./settle-welcome-email.lua', import.meta.url), {
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
const giveUpEmail = defineStoreScript(new URL('./give-up-welcome-email.lua', import.meta.url), {
  keys: ['record', 'openEmails', 'unsentEmails'],
  args: ['id', 'error', 'lost'],
});
const withdrawEmail = defineStoreScript(new URL('./withdraw-welcome-email.lua', import.meta.url), {
  keys: ['record', 'openEmails', 'unsentEmails'],
  args: ['id', 'error'],
});

/** Keeps the ledger in the record that `createRedisSignUpStore` makes. The caller opens and closes the connection. */
export const createRedisWelcomeEmailLedger = (
  connection: Redis,
  layout: RedisLayout,
  events: SignUpEvents,
): WelcomeEmailLedger => {
  const keys = createKeys(layout);
  const claim = claimEmail(connection, keys.move);
  const settle = settleEmail(connection, keys.move);
  const giveUp = giveUpEmail(connection, keys.move);
  const withdraw = withdrawEmail(connection, keys.move);
  const fillUnsent = createUnsentIndex(connection, keys);
  const keysOf = (id: UserId) => ({
    record: keys.record(id),
    openEmails: keys.openEmails,
    unsentEmails: keys.unsentEmails,
  });
  const ended = (status: unknown) => events.ended(`welcome_${status}` as SignUpEnd);

  return {
    claim: async (id, token, { maxCopies, job, start, lost }) => {
      const args = { id, token, maxCopies, job, start, lost };
      const reply = (await claim({ keys: keysOf(id), args })) as unknown[];
      if (reply[0] === 'blocked' && reply[1]) ended(reply[1]);
      return toClaim(reply, id);
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
      const reply = await settle({ keys: keysOf(id), args });
      if (reply === 2) ended(status);
      if (reply === 2 && status === 'sent') events.welcomed(id, sentAt);
      return reply !== 0;
    },

    giveUp: async (id, error, lost) => {
      const status = await giveUp({ keys: keysOf(id), args: { id, error, lost: lost ?? '' } });
      if (status) ended(status);
    },

    withdraw: async (id, error) => {
      const [isWithdrawn, status] = (await withdraw({ keys: keysOf(id), args: { id, error } })) as string[];
      if (status) ended(status);
      return isWithdrawn === '1';
    },

    lastJob: async (id) => Number((await connection.hget(keys.record(id), 'emailJobAdded')) ?? 0),

    findOpen: async function* (ageMs) {
      const to = (await redisNowMs(connection)) - ageMs;
      for await (const page of readByScore(connection, keys.openEmails, { to }))
        yield page.map(({ member }) => member);
    },

    oldestOpenAgeMs: async () => {
      const [nowMs, oldest] = await Promise.all([
        redisNowMs(connection),
        connection.zrangebyscore(keys.openEmails, '-inf', '+inf', 'WITHSCORES', 'LIMIT', 0, 1),
      ]);
      return oldest[1] === undefined ? 0 : Math.max(0, nowMs - Number(oldest[1]));
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

const toClaim = (reply: unknown[], id: UserId): WelcomeEmailClaim => {
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
