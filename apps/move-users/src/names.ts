import { isUserId } from '@backend-jobs/sign-ups';

/** What is moved, each thing by the name that its row has in PostgreSQL. */
export interface Names {
  signUps: string[];
  /** Idempotency keys, by their hashes. */
  keys: string[];
  /** Counts of mailboxes and domains. */
  counts: string[];
}

export const noNames: Names = { signUps: [], keys: [], counts: [] };

export const countNames = ({ signUps, keys, counts }: Names): number =>
  signUps.length + keys.length + counts.length;

const ofUsers =
  /^:(?:(?:sign-up|email|idempotency|idempotency-of|of-mailbox|of-domain):[^:]+|users|unwelcomed|unsent|unsent-are-all)$/;

/** How Redis calls it. A sign-up has a record, a job, or both. */
export const createRedisNames = (prefix: string) => ({
  record: (id: string) => `${prefix}:sign-up:${id}`,
  job: (id: string) => `${prefix}:users:${id}`,
  unsent: `${prefix}:unsent`,
  /** The operation that was requested under an idempotency key. */
  key: (hash: string) => `${prefix}:idempotency:${hash}`,
  /** `mailbox:…` and `domain:…` */
  count: (name: string) => `${prefix}:of-${name}`,

  /** Whether it holds what PostgreSQL has after a move. */
  isOfUsers: (key: string): boolean => key.startsWith(`${prefix}:`) && ofUsers.test(key.slice(prefix.length)),

  /** Tells what the keys of Redis are about, each thing once. Most keys are about nothing that is moved by itself. */
  toNames: (keys: string[]): Names => {
    const found = { signUps: new Set<string>(), keys: new Set<string>(), counts: new Set<string>() };
    for (const key of keys) {
      const [, kind, name = ''] = key.startsWith(`${prefix}:`)
        ? (/^:([^:]+):([^:]+)$/.exec(key.slice(prefix.length)) ?? [])
        : [];
      if ((kind === 'sign-up' || kind === 'users') && isUserId(name)) found.signUps.add(name);
      if (kind === 'idempotency') found.keys.add(name);
      if (kind === 'of-mailbox' || kind === 'of-domain') found.counts.add(`${kind.slice(3)}:${name}`);
    }
    return { signUps: [...found.signUps], keys: [...found.keys], counts: [...found.counts] };
  },
});
export type RedisNames = ReturnType<typeof createRedisNames>;
