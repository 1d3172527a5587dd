import { once } from 'node:events';
import { type RedisServer, startRedis, startReplica } from '@backend-jobs/local-services';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import {
  connectProducer,
  createReplicaFence,
  createWriteProbe,
  isOutage,
  parseRedisUrl,
} from '../src/index.ts';

const keyPrefix = '{fence}';
let master: RedisServer;
let replica: RedisServer;

beforeAll(async () => {
  master = await startRedis();
  replica = await startReplica(master);
});
afterAll(async () => {
  await Promise.all([master.stop(), replica.stop()]);
});

const connectTo = async ({ url }: RedisServer): Promise<Redis> => {
  const connection = connectProducer(parseRedisUrl(url), { name: 'test', keyPrefix });
  connection.on('error', () => {});
  onTestFinished(() => connection.disconnect());
  await once(connection, 'ready');
  return connection;
};

const openFence = async ({ writesTo = master, asks = master } = {}) => {
  const [connection, fence] = await Promise.all([connectTo(writesTo), connectTo(asks)]);
  const untilReplicated = createReplicaFence(connection, fence, { keyPrefix, replicas: 1 });
  return { connection, fence, untilReplicated };
};

/** A busy machine may have the replica take longer than the fence waits. */
const untilPassed = (pass: () => Promise<unknown>) =>
  expect.poll(() => pass().then(() => 'passed', String)).toBe('passed');

test('what has passed the fence is in the replica', async () => {
  const { connection, untilReplicated } = await openFence();
  const copy = await connectTo(replica);
  for (let number = 0; number < 200; number++) {
    await connection.set(`${keyPrefix}:number`, number);
    await untilPassed(untilReplicated);
    expect(await copy.get(`${keyPrefix}:number`)).toBe(String(number));
  }
});

test('nothing passes while the replica is frozen, which is told as an outage until it has caught up', async () => {
  const { connection, untilReplicated } = await openFence();
  await untilPassed(untilReplicated);
  const refusals: string[] = [];
  connection.on('refused', ({ message }: Error) => refusals.push(message));
  const canWrite = createWriteProbe(connection, keyPrefix, untilReplicated);
  await replica.freeze();
  try {
    const error = await untilReplicated().catch((reason) => reason);
    expect(error).toMatchObject({ message: 'NOREPLICAS 0 of 1 replicas have the sign-up after 200 ms' });
    expect(isOutage(error)).toBe(true);
    expect(refusals).toEqual([error.message]);
    await expect(canWrite()).rejects.toThrow('NOREPLICAS');
  } finally {
    await replica.thaw();
  }
  await untilPassed(canWrite);
});

test('a thousand at once share a few turns of waiting', async () => {
  const { connection, untilReplicated } = await openFence();
  const turns = async () => Number(await connection.get(`${keyPrefix}:fence`));
  let taken = 0;
  await untilPassed(async () => {
    const before = await turns();
    const all = await Promise.allSettled(Array.from({ length: 1_000 }, untilReplicated));
    taken = (await turns()) - before;
    for (const each of all) if (each.status === 'rejected') throw each.reason;
  });
  expect(taken).toBeLessThan(5);
});

test('nothing passes while the two connections lead to different servers, as in a failover', async () => {
  const other = await startRedis();
  onTestFinished(() => other.stop());
  const otherReplica = await startReplica(other);
  onTestFinished(() => otherReplica.stop());
  const { fence, untilReplicated } = await openFence({ writesTo: master, asks: other });
  expect(await fence.wait(1, 5_000)).toBe(1); // the replica of the other one would say yes
  const refusal = () => untilReplicated().then(() => 'passed', String);
  for (let attempt = 0; attempt < 10; attempt++) expect(await refusal()).toContain('NOREPLICAS');
  await expect.poll(refusal).toContain('Another Redis has the sign-up');
});
