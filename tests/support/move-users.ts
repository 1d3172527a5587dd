import { spawn } from 'node:child_process';
import { randomUUIDv7 } from 'node:crypto';
import { appMain } from '@backend-jobs/local-services';
import { oneShard } from '@backend-jobs/redis';
import { openStores } from '@backend-jobs/sign-ups';
import type { Redis } from 'ioredis';

export interface MoveEnd {
  /** The exit code, or the signal that ended it. */
  code: number | string;
  output: string;
}

const dieInStep = new URL('./die-in-step.ts', import.meta.url).href;

interface Death {
  /** What it says at the beginning of the step in which it is killed. */
  killAt?: string;
  /** How often it has asked Redis or PostgreSQL since then. */
  afterRequests?: number;
}

/** Runs `npm run move:users` with these arguments. */
export const moveUsers = (
  env: Record<string, string>,
  args: string[] = [],
  { killAt, afterRequests = 1 }: Death = {},
): Promise<MoveEnd> =>
  new Promise((resolve) => {
    const death = killAt !== undefined && {
      NODE_OPTIONS: `--import=${dieInStep}`,
      DIE_SAYING: killAt,
      DIE_AFTER_REQUESTS: String(afterRequests),
    };
    const child = spawn(process.execPath, [appMain('move-users'), ...args], { env: { ...env, ...death } });
    let output = '';
    const read = (chunk: string) => {
      output += chunk;
    };
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', read);
    child.once('close', (code, signal) => resolve({ code: signal ?? code ?? 0, output }));
  });

const run = { maxCopies: 3, job: 1_000, start: 1, lost: 0 };

/** What can have become of a sign-up, each with the steps that lead there. */
const fates = [
  'sent',
  'sent',
  'sent',
  'failed',
  'unknown',
  'deferred',
  'withdrawn',
  'again',
  'rejected',
  'broken',
  'gone',
] as const;

/**
 * Signs up so many by the store itself, which is faster than by requests, and with all that can have become of them.
 * Returns the ids of those who were made users, and their addresses.
 */
export const seedSignUps = async (connection: Redis, env: Record<string, string>, count: number) => {
  const { signUpStore, welcomeEmails } = openStores(
    oneShard(connection, env.KEY_PREFIX ?? '{backend-jobs}'),
    {
      hashSecret: env.HASH_SECRET ?? 'not-a-secret',
    },
  );
  const seed = async (number: number) => {
    const id = randomUUIDv7();
    const email = `Seed.${number}@example.com`;
    const fate = fates[number % fates.length] as (typeof fates)[number];
    if (fate === 'broken') return signUpStore.recordFailure(id).then(() => ({ id, email, fate }));
    const newUser = { name: `Zoë "${number}" O'Ünal`, email, locale: number % 2 ? 'en' : 'pt-BR' } as const;
    await signUpStore.create(id, newUser);
    if (fate === 'rejected') await signUpStore.create(randomUUIDv7(), newUser);
    if (fate === 'gone') await signUpStore.delete(id);
    if (fate === 'withdrawn') await welcomeEmails.withdraw(id, 'removed by an operator');
    if (fate === 'withdrawn' || fate === 'gone') return { id, email, fate };
    const settle = async (token: string, status: 'sent' | 'failed' | 'unknown' | 'pending', more = {}) =>
      welcomeEmails.settle(id, token, {
        status,
        isFinal: status !== 'pending',
        countsAttempt: true,
        ...more,
      });
    const sentNow = { messageId: `<welcome.${id}@example.com>`, sentAt: new Date().toISOString() };
    await welcomeEmails.claim(id, 'first', run);
    if (fate === 'sent' || fate === 'rejected') await settle('first', 'sent', sentNow);
    else if (fate === 'again') {
      await settle('first', 'failed', { error: '550 no' });
      await welcomeEmails.claim(id, 'second', { ...run, job: 2_000 });
      await settle('second', 'unknown', { error: 'the line broke' });
    } else if (fate === 'deferred')
      // As one that was, and that nobody may send any more: it has no job.
      await settle('first', 'failed', { error: '450 later', refusals: { count: 2, sinceMs: Date.now() } });
    else await settle('first', fate, { error: 'why\0 not' });
    return { id, email, fate };
  };
  const seeded: Awaited<ReturnType<typeof seed>>[] = [];
  for (let from = 0; from < count; from += 500) {
    const numbers = Array.from({ length: Math.min(500, count - from) }, (_, index) => from + index);
    seeded.push(...(await Promise.all(numbers.map(seed))));
  }
  return seeded;
};
