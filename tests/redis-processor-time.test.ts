import { constants, setPriority } from 'node:os';
import {
  exactProcessorMs,
  type RedisServer,
  startRedis,
  startRedisCluster,
} from '@backend-jobs/local-services';
import { expect, test } from 'vitest';
import { inShards } from './support/sharded-world.ts';
import { openWorld, type World } from './support/world.ts';

const rounds = 3;
const people = 3_000;
const inFlight = 300;

interface Measured {
  /** Redis' processor time for a sign-up from its request to its email, of all masters together. */
  microseconds: number;
  /** What the busiest master had of it. */
  largestShare: number;
}

const signUpAll = async (world: World, tag: string, count: number): Promise<void> => {
  let next = 0;
  const sentBefore = world.smtp.messages.length;
  const signUpInTurn = async () => {
    while (next < count) await world.signUp(`${tag}.${next++}@example.com`);
  };
  await Promise.all(Array.from({ length: inFlight }, signUpInTurn));
  await expect
    .poll(() => world.smtp.messages.length - sentBefore, { timeout: 60_000, interval: 100 })
    .toBe(count);
};

/**
 * Redis comes last at the processors here, so that it always has work that waits, as it does where it has not enough of
 * its own: how much it does in one go decides what a sign-up costs.
 */
const measure = async (
  masters: number | undefined,
  env: Record<string, string>,
  opened: AsyncDisposableStack,
): Promise<Measured> => {
  const start = async (): Promise<{ url: string; nodes: RedisServer[]; stop: () => Promise<void> }> => {
    if (masters !== undefined) return startRedisCluster({ masters });
    const server = await startRedis();
    return { url: server.url, nodes: [server], stop: () => server.stop() };
  };
  const { url, nodes, stop } = await start();
  opened.defer(stop);
  const pids = nodes.map(({ pid }) => pid as number);
  for (const pid of pids) setPriority(pid, constants.priority.PRIORITY_LOW);
  const world = await openWorld(
    opened,
    { url },
    { LOG_LEVEL: 'error', RATE_LIMIT_PER_DOMAIN: 'off', ...env },
  );
  await signUpAll(world, 'before', 500);
  const before = await Promise.all(pids.map(exactProcessorMs));
  await signUpAll(world, 'measured', people);
  const after = await Promise.all(pids.map(exactProcessorMs));
  const usedMs = after.map((ms, index) => ms - (before[index] ?? 0));
  const sumMs = usedMs.reduce((sum, ms) => sum + ms, 0);
  return { microseconds: (1_000 * sumMs) / people, largestShare: Math.max(...usedMs) / sumMs };
};

const median = (numbers: number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] as number;

const kinds = {
  'one Redis': () => [undefined, {}],
  'a cluster of one': () => [1, {}],
  '16 shards on one master': () => [1, inShards],
  '16 shards on two masters': () => [2, inShards],
  '16 shards on three masters': () => [3, inShards],
} satisfies Record<string, () => [number | undefined, Record<string, string>]>;

test('a sign-up costs the masters together as much, however many they are, and a cluster little more than one Redis', {
  timeout: 900_000,
}, async () => {
  const measured = new Map<string, Measured[]>(Object.keys(kinds).map((kind) => [kind, []]));
  for (let round = 0; round < rounds; round += 1)
    for (const [kind, settings] of Object.entries(kinds)) {
      await using opened = new AsyncDisposableStack();
      const [masters, env] = settings();
      measured.get(kind)?.push(await measure(masters, env, opened));
    }
  const read = (kind: keyof typeof kinds, what: keyof Measured) =>
    median((measured.get(kind) ?? []).map((one) => one[what]));
  for (const kind of Object.keys(kinds) as (keyof typeof kinds)[])
    process.stderr.write(
      `${kind}: ${read(kind, 'microseconds').toFixed(0)} µs of Redis a sign-up, ` +
        `the busiest master ${read(kind, 'largestShare').toFixed(2)}\n`,
    );
  const costs = (['one master', 'two masters', 'three masters'] as const).map((masters) =>
    read(`16 shards on ${masters}`, 'microseconds'),
  );
  expect(Math.max(...costs) / Math.min(...costs)).toBeLessThan(1.15);
  expect(read('a cluster of one', 'microseconds') / read('one Redis', 'microseconds')).toBeLessThan(1.25);
  // Three masters have five, five and six of 16 shards.
  expect(read('16 shards on two masters', 'largestShare') / (8 / 16)).toBeLessThan(1.1);
  expect(read('16 shards on three masters', 'largestShare') / (6 / 16)).toBeLessThan(1.1);
});
