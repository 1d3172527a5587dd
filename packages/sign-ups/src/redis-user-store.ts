import { readFileSync } from 'node:fs';
import type { Redis } from 'ioredis';
import { canonicalEmail } from './canonical-email.ts';
import type { Locale, RejectionReason, UserId, WelcomeEmail } from './user.ts';
import type { SignUp, UserStore, WelcomeEmailClaim, WelcomeEmailSettlement } from './user-store.ts';

const dayInSeconds = 24 * 60 * 60;
const rejectionKeptSeconds = 30 * dayInSeconds;
/** Longer than any job or idempotency record of the sign-up. */
const deletionKeptSeconds = 90 * dayInSeconds;

type RecordHash = Record<string, string>;

interface Scripts {
  createUser(...keysAndValues: (string | number)[]): Promise<string[]>;
  claimWelcomeEmail(...keysAndValues: (string | number)[]): Promise<string[]>;
  settleWelcomeEmail(...keysAndValues: (string | number)[]): Promise<0 | 1>;
  giveUpWelcomeEmail(...keysAndValues: (string | number)[]): Promise<void>;
  deleteSignUp(...keysAndValues: (string | number)[]): Promise<1 | 0 | -1>;
}

/**
 * Keeps the sign-ups in Redis: a hash for each, an index from the email's `hash` to the id, the ids of the users in
 * their order, and those whose email has no outcome yet by the time it was asked for. `keyPrefix` starts with a hash tag
 * (`{backend-jobs}`), so that a cluster holds all keys of a script in one slot. The connection stays the caller's, who
 * closes it.
 */
export const createRedisUserStore = (
  connection: Redis,
  { keyPrefix, hash }: { keyPrefix: string; hash: (text: string) => string },
): UserStore => {
  const redis = withScripts(connection);
  const recordKey = (id: UserId) => `${keyPrefix}:sign-up:${id}`;
  const emailKey = (email: string) => `${keyPrefix}:email:${hash(canonicalEmail(email))}`;
  const unwelcomedKey = `${keyPrefix}:unwelcomed`;
  const usersKey = `${keyPrefix}:users`;

  return {
    create: async (id, { name, email, locale }) => {
      const now = new Date();
      const details = [id, name, email, locale, now.toISOString(), now.getTime(), rejectionKeptSeconds];
      const keys = [recordKey(id), emailKey(email), unwelcomedKey, usersKey];
      return toSignUp(toHash(await redis.createUser(...keys, ...details))) as SignUp;
    },
    find: async (id) => toSignUp(await redis.hgetall(recordKey(id))),
    findIdByEmail: async (email) => (await redis.get(emailKey(email))) ?? undefined,
    list: async ({ after, limit }) => {
      const ids = await redis.zrangebylex(usersKey, after ? `(${after}` : '-', '+', 'LIMIT', 0, limit);
      const signUps = await Promise.all(ids.map(async (id) => toSignUp(await redis.hgetall(recordKey(id)))));
      return signUps.filter((signUp) => signUp?.outcome === 'created');
    },
    delete: async (id) => {
      for (;;) {
        const email = (await redis.hget(recordKey(id), 'email')) ?? '';
        const keys = [recordKey(id), emailKey(email), unwelcomedKey, usersKey];
        const deleted = await redis.deleteSignUp(...keys, id, email, deletionKeptSeconds);
        if (deleted !== -1) return deleted === 1; // else its user has just been made
      }
    },
    recordFailure: async (id) => {
      await redis.hsetnx(recordKey(id), 'outcome', 'failed');
    },
    claimWelcomeEmail: async (id, token, { onUnknown, stalls, addedMs, start }) => {
      const details = [token, Date.now(), onUnknown, id, stalls, addedMs, start];
      return toClaim(toHash(await redis.claimWelcomeEmail(recordKey(id), unwelcomedKey, ...details)));
    },
    settleWelcomeEmail: async (id, token, settlement) => {
      const details = [token, id, settlement.isFinal ? '1' : '0', ...toFields(settlement)];
      return (await redis.settleWelcomeEmail(recordKey(id), unwelcomedKey, ...details)) === 1;
    },
    giveUpWelcomeEmail: (id, error) => redis.giveUpWelcomeEmail(recordKey(id), unwelcomedKey, error, id),
    ids: async function* () {
      const match = `${keyPrefix.replaceAll(/[[\]?*\\]/g, '\\$&')}:sign-up:*`;
      for await (const keys of redis.scanStream({ match, count: 1_000 })) {
        for (const key of keys as string[]) yield key.slice(recordKey('').length);
      }
    },
    findUnwelcomed: (beforeMs, { offset, count }) =>
      redis.zrangebyscore(unwelcomedKey, '-inf', `(${beforeMs}`, 'LIMIT', offset, count),
  };
};

const withScripts = (connection: Redis): Redis & Scripts => {
  const define = (name: keyof Scripts, file: string, numberOfKeys: number) =>
    connection.defineCommand(name, {
      lua: readFileSync(new URL(`./lua/${file}`, import.meta.url), 'utf8'),
      numberOfKeys,
    });
  define('createUser', 'create-user.lua', 4);
  define('claimWelcomeEmail', 'claim-welcome-email.lua', 2);
  define('settleWelcomeEmail', 'settle-welcome-email.lua', 2);
  define('giveUpWelcomeEmail', 'give-up-welcome-email.lua', 2);
  define('deleteSignUp', 'delete-sign-up.lua', 4);
  return connection as Redis & Scripts;
};

const toHash = (flat: string[]): RecordHash => {
  const pairs = Array.from({ length: flat.length / 2 }, (_, index) => flat.slice(2 * index, 2 * index + 2));
  return Object.fromEntries(pairs) as RecordHash;
};

const toSignUp = (hash: RecordHash): SignUp | undefined => {
  switch (hash.outcome) {
    case 'created':
      return {
        outcome: 'created',
        user: toUser(hash),
        welcomeEmail: toWelcomeEmail(hash),
        isSettled: hash.emailIsSettled === '1',
      };
    case 'rejected':
      return { outcome: 'rejected', reason: hash.reason as RejectionReason };
    case 'failed':
    case 'deleted':
      return { outcome: hash.outcome };
    default:
      return undefined;
  }
};

const toClaim = (hash: RecordHash): WelcomeEmailClaim | undefined => {
  if (!hash.emailStatus) return undefined;
  return {
    isHeld: hash.emailStatus !== 'sending',
    user: toUser(hash),
    attempts: Number(hash.emailAttempts),
    sinceMs: Number(hash.emailSince),
  };
};

const toUser = ({ id = '', name = '', email = '', locale, createdAt = '' }: RecordHash) => ({
  id,
  name,
  email,
  locale: locale as Locale,
  createdAt,
});

const toWelcomeEmail = (hash: RecordHash): WelcomeEmail => ({
  status: hash.emailStatus as WelcomeEmail['status'],
  attempts: Number(hash.emailAttempts),
  ...(hash.emailUncertain && { uncertainAttempts: Number(hash.emailUncertain) }),
  ...(hash.emailMessageId && { messageId: hash.emailMessageId }),
  ...(hash.emailSentAt && { sentAt: hash.emailSentAt }),
  ...(hash.emailError && { error: hash.emailError }),
});

const toFields = ({ status, attempts, messageId, sentAt, error }: WelcomeEmailSettlement) => [
  ...[status, 'emailAttempts', attempts],
  ...(messageId ? ['emailMessageId', messageId] : []),
  ...(sentAt ? ['emailSentAt', sentAt] : []),
  ...(error ? ['emailError', error] : []),
];
