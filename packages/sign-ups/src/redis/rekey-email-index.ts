import type { KeyedHash } from '@backend-jobs/runtime';
import type { Redis } from 'ioredis';
import { createKeys } from './keys.ts';

/**
 * Moves the index of email addresses from one hash to another. It may be run again after it was interrupted. While it
 * runs nobody may sign up: an address that has not been moved yet looks free. Counts by mailbox and domain start anew.
 * `lost` are users whose address is found under neither hash: then `from` is not the one that was used.
 */
export const rekeyEmailIndex = async (
  connection: Redis,
  { keyPrefix, from, to }: { keyPrefix: string; from: KeyedHash; to: KeyedHash },
): Promise<{ users: number; moved: number; lost: number }> => {
  const old = createKeys({ keyPrefix, hash: from });
  const next = createKeys({ keyPrefix, hash: to });
  let [users, moved, lost] = [0, 0, 0];
  for await (const page of connection.zscanStream(old.users, { count: 1_000 })) {
    for (const [index, id] of (page as string[]).entries()) {
      if (index % 2 === 1) continue; // its score
      users += 1;
      const email = await connection.hget(old.record(id), 'email');
      if (email === null) continue; // deleted meanwhile
      if ((await connection.get(old.emailIndex(email))) === id)
        moved += await connection.renamenx(old.emailIndex(email), next.emailIndex(email));
      else if ((await connection.get(next.emailIndex(email))) !== id) lost += 1;
    }
  }
  return { users, moved, lost };
};
