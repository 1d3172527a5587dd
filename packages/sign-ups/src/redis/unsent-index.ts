import { defineScript } from '@backend-jobs/redis';
import type { Redis } from 'ioredis';
import type { createKeys } from './keys.ts';

const indexEmail = defineScript(new URL('./index-unsent-email.lua', import.meta.url), {
  keys: ['record', 'unsentEmails'],
  args: ['id'],
});

const pageSize = 1_000;

/**
 * Returns a function that sees to it, once for all, that `unsentEmails` has the emails which ended before this version,
 * by going through all users: up to a minute for a million. It may be interrupted, and then begins anew with the next call.
 */
export const createUnsentIndex = (
  connection: Redis,
  keys: ReturnType<typeof createKeys>,
): (() => Promise<void>) => {
  const index = indexEmail(connection);
  return async () => {
    if ((await connection.exists(keys.unsentAreAll)) === 1) return;
    for (let from = '-'; ; ) {
      const ids = await connection.zrangebylex(keys.users, from, '+', 'LIMIT', 0, pageSize);
      const { unsentEmails } = keys;
      await Promise.all(
        ids.map((id) => index({ keys: { record: keys.record(id), unsentEmails }, args: { id } })),
      );
      if (ids.length < pageSize) break;
      from = `(${ids[ids.length - 1]}`;
    }
    await connection.set(keys.unsentAreAll, '1');
  };
};
