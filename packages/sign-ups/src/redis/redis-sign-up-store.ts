import { createReader } from '@backend-jobs/redis';
import type { Redis } from 'ioredis';
import type { SignUpEvents } from '../sign-up-events.ts';
import type { SignUpLimits } from '../sign-up-limits.ts';
import type { SignUp, SignUpStore } from '../sign-up-store.ts';
import type { UserId } from '../user.ts';
import { defineStoreScript } from './define-store-script.ts';
import { createKeys, type RedisLayout } from './keys.ts';
import { toFields, toSignUp } from './record.ts';

const dayInSeconds = 24 * 60 * 60;
const rejectionKeptSeconds = 30 * dayInSeconds;
/** Of a sign-up that was deleted or removed. Longer than any job or idempotency record of it. */
const markKeptSeconds = 90 * dayInSeconds;

const createSignUp = defineStoreScript(new URL('./create-sign-up.lua', import.meta.url), {
  keys: ['record', 'emailIndex', 'openEmails', 'users', 'mailboxCount', 'domainCount'],
  args: [
    'id',
    'name',
    'email',
    'locale',
    'createdAt',
    'isTaken',
    'rejectionKeptS',
    'mailboxMax',
    'mailboxMs',
    'domainMax',
    'domainMs',
  ],
});
const deleteSignUp = defineStoreScript(new URL('./delete-sign-up.lua', import.meta.url), {
  keys: ['record', 'emailIndex', 'openEmails', 'unsentEmails', 'users'],
  args: ['id', 'email', 'markKeptS'],
});
const removeSignUp = defineStoreScript(new URL('./remove-sign-up.lua', import.meta.url), {
  keys: ['record'],
  args: ['markKeptS'],
});

const recordFailure = defineStoreScript(new URL('./record-failure.lua', import.meta.url), {
  keys: ['record'],
  args: [],
});

/** Keeps sign-ups in Redis. The caller opens and closes the connection. */
export const createRedisSignUpStore = (
  connection: Redis,
  layout: RedisLayout,
  {
    limits: { perMailbox, perDomain },
    events,
    isTakenElsewhere = async () => false,
  }: {
    limits: SignUpLimits;
    events: SignUpEvents;
    /** Whether another shard has a user of this email. */
    isTakenElsewhere?: ((id: UserId, email: string) => Promise<boolean>) | undefined;
  },
): SignUpStore => {
  const keys = createKeys(layout);
  const read = createReader(connection);
  const create = createSignUp(connection, keys.move);
  const erase = deleteSignUp(connection, keys.move);
  const remove = removeSignUp(connection, keys.move);
  const fail = recordFailure(connection, keys.move);
  const keysOf = (id: UserId, email: string) => ({
    record: keys.record(id),
    emailIndex: keys.emailIndex(email),
    openEmails: keys.openEmails,
    unsentEmails: keys.unsentEmails,
    users: keys.users,
  });

  const limits = {
    mailboxMax: perMailbox?.max ?? 0,
    mailboxMs: perMailbox?.durationMs ?? 0,
    domainMax: perDomain?.max ?? 0,
    domainMs: perDomain?.durationMs ?? 0,
  };
  /** The counts that limit users of this email. */
  const countsOf = (email: string) => [
    ...(perMailbox ? [{ key: keys.mailboxCount(email), max: perMailbox.max }] : []),
    ...(perDomain ? [{ key: keys.domainCount(email), max: perDomain.max }] : []),
  ];
  const secondsUntilGone = async (reached: string[]): Promise<number> => {
    const leftMs = await Promise.all(reached.map((key) => connection.pttl(key)));
    return Math.max(1, Math.ceil(Math.max(...leftMs) / 1_000));
  };

  const find = async (id: UserId): Promise<SignUp | undefined> =>
    toSignUp(await connection.hgetall(keys.record(id)), id);

  return {
    find,

    create: async (id, { name, email, locale }) => {
      const user = { id, name, email, locale, createdAt: new Date().toISOString() };
      const isTaken = await isTakenElsewhere(id, email);
      const args = { ...user, isTaken: Number(isTaken), rejectionKeptS: rejectionKeptSeconds, ...limits };
      const ownKeys = keysOf(id, email);
      const counts = { mailboxCount: keys.mailboxCount(email), domainCount: keys.domainCount(email) };
      const record = toFields(await create({ keys: { ...ownKeys, ...counts }, args }));
      if (record.settles) events.ended('rejected');
      return toSignUp(record, id) as SignUp;
    },

    findIdByEmail: async (email) => (await read([keys.emailIndex(email)]))[0] ?? undefined,

    availabilityOf: async (email) => {
      const counts = countsOf(email);
      const [owner, ...made] = await read([keys.emailIndex(email), ...counts.map(({ key }) => key)]);
      const reached = counts.filter(({ max }, index) => Number(made[index]) >= max).map(({ key }) => key);
      const retryAfterSeconds = reached.length > 0 ? await secondsUntilGone(reached) : 0;
      return { ownerId: owner ?? undefined, retryAfterSeconds };
    },

    list: async ({ after, limit }) => {
      const from = after === undefined ? '-' : `(${after}`;
      // One more than is returned, to know whether there is a next page.
      const ids = await connection.zrangebylex(keys.users, from, '+', 'LIMIT', 0, limit + 1);
      const signUps = await Promise.all(ids.slice(0, limit).map(find));
      return {
        users: signUps.filter((signUp) => signUp?.outcome === 'created'),
        next: ids.length > limit ? ids[limit - 1] : undefined,
      };
    },

    delete: async (id) => {
      for (;;) {
        const email = (await connection.hget(keys.record(id), 'email')) ?? '';
        const args = { id, email, markKeptS: markKeptSeconds };
        const [outcome, settles] = (await erase({ keys: keysOf(id, email), args })) as string[];
        if (settles === '1') events.ended('deleted');
        if (outcome !== 'other-email') return outcome === 'deleted';
        // Its user was made between the two calls: read its email again.
      }
    },

    recordFailure: async (id) => {
      const fails = await fail({ keys: { record: keys.record(id) }, args: {} });
      if (fails === 1) events.ended('failed');
    },

    recordRemoval: async (id) => {
      const input = { keys: { record: keys.record(id) }, args: { markKeptS: markKeptSeconds } };
      const [outcome, settles] = (await remove(input)) as [SignUp['outcome'], string];
      if (settles === '1') events.ended('removed');
      return outcome;
    },

    ids: async function* () {
      const match = `${layout.keyPrefix.replaceAll(/[[\]?*\\]/g, '\\$&')}:sign-up:*`;
      for await (const found of connection.scanStream({ match, count: 1_000 })) {
        for (const key of found as string[]) yield key.slice(keys.record('').length);
      }
    },
  };
};
