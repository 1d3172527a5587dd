import type { Postfix } from '@backend-jobs/local-services';
import { expect } from 'vitest';
import { byFifties } from '../../support/many-at-once.ts';
import type { SignUp, World } from '../../support/world.ts';
import type { MailService } from './mail-service.ts';

/** `count` addresses that begin with `tag`, at so many domains in turn. */
export const addresses = (tag: string, count: number, domains = 10): string[] =>
  Array.from({ length: count }, (_, index) => `${tag}.${index}@host${index % domains}-${tag}.example`);

/** Signs all of them up, and returns the ids in the same order. */
export const signUpAll = (world: World, emails: readonly string[]): Promise<string[]> =>
  byFifties(emails, (email) => world.signUp(email));

/**
 * How often a state occurs among the welcomes of these sign-ups, by state; `none` as long as there is no
 * user.
 */
export const countStatuses = async (world: World, ids: string[]): Promise<Record<string, number>> => {
  const counts: Record<string, number> = {};
  for (const { welcomeEmail } of await world.findAll(ids)) {
    const status = welcomeEmail?.status ?? 'none';
    counts[status] = (counts[status] ?? 0) + 1;
  }
  return counts;
};

/** Waits until all users exist, and returns the states of their welcomes. */
export const statusesOfAll = async (world: World, ids: string[]): Promise<Record<string, number>> => {
  await expect.poll(() => countStatuses(world, ids), { interval: 250 }).not.toHaveProperty('none');
  return countStatuses(world, ids);
};

export const untilSent = async (world: World, ids: string[], timeout = 60_000): Promise<SignUp[]> => {
  await expect
    .poll(() => countStatuses(world, ids), { timeout, interval: 250 })
    .toEqual({ sent: ids.length });
  return world.findAll(ids);
};

/** How many copies came for each of these addresses, in the same order. */
const copies = (postfix: Postfix, emails: readonly string[]): number[] => {
  const counts = new Map<string, number>();
  for (const { to } of postfix.delivered()) counts.set(to, (counts.get(to) ?? 0) + 1);
  return emails.map((email) => counts.get(email) ?? 0);
};

/** The worker's word comes first: it has handed the mail to Postfix, which still passes it on. */
export const untilOneCopyEach = async (postfix: Postfix, emails: readonly string[]): Promise<void> => {
  await expect.poll(() => copies(postfix, emails)).toEqual(emails.map(() => 1));
};

/** The header in which Postfix says how this message came to it: who sent it, and whether over TLS. */
export const receivedHeader = async (postfix: Postfix, email: string): Promise<string> => {
  await untilOneCopyEach(postfix, [email]);
  return postfix.sink.to(email)[0]?.header('received') ?? '';
};

export interface Timing {
  /** Those whose mail is waited for; all by default. */
  awaited?: readonly string[];
  /** Later is a failure. */
  withinMs?: number;
}

/**
 * Has all welcomes of these wait, lets them go at once, and returns how many ms it took until the last
 * awaited one came.
 */
export const timeDelivery = async (
  { world, postfix }: MailService,
  emails: readonly string[],
  { awaited = emails, withinMs = 60_000 }: Timing = {},
): Promise<{ tookMs: number; ids: string[] }> => {
  await world.operate('PUT', '/queues/emails/pause');
  const ids = await signUpAll(world, emails);
  const waiting = async () => (await world.findAll(ids)).filter(({ status }) => status === 'created').length;
  await expect.poll(waiting, { interval: 250 }).toBe(ids.length);
  const startedMs = Date.now();
  await world.operate('PUT', '/queues/emails/resume');
  const missing = () => copies(postfix, awaited).filter((count) => count === 0).length;
  const message = `How many of ${awaited.length} had not come after ${withinMs} ms`;
  await expect.poll(missing, { timeout: withinMs, message }).toBe(0);
  const awaitedOnes = new Set(awaited);
  const times = postfix.delivered().flatMap(({ to, atMs }) => (awaitedOnes.has(to) ? [atMs] : []));
  return { tookMs: Math.max(...times) - startedMs, ids };
};
