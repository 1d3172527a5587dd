import { startRedis, startReplica, startWire } from '@backend-jobs/local-services';
import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { accepted, countWelcomed, keepSigningUp } from './support/load.ts';
import { openWorld, type World } from './support/world.ts';

const rounds = Number(process.env.FAILOVER_ROUNDS || 2);

const readiness = async (world: World) => (await fetch(`${world.apiUrl}/readyz`)).status;

const openReplicated = async (onTestFinished: (stop: () => Promise<void>) => void) => {
  const opened = new AsyncDisposableStack();
  onTestFinished(() => opened.disposeAsync());
  const master = await startRedis();
  opened.defer(() => master.stop());
  /** The line by which the replica hears of writes. */
  const line = await startWire(master.port);
  opened.defer(() => line.stop());
  const replica = await startReplica(line);
  opened.defer(() => replica.stop());
  /** The name of the master. */
  const name = await startWire(master.port);
  opened.defer(() => name.stop());
  const world = await openWorld(
    opened,
    { url: `redis://127.0.0.1:${name.port}` },
    { ACCEPT_REPLICAS: '1', RATE_LIMIT_PER_DOMAIN: 'off' },
  );
  /** Kills the master, and makes the replica the one that the name leads to. */
  const failOver = async () => {
    await master.kill();
    const admin = new Redis(replica.url);
    await admin.replicaof('NO', 'ONE');
    admin.disconnect();
    name.targetPort = replica.port;
    // Where one replica has to have each sign-up, the new master needs one.
    const second = await startReplica(replica);
    opened.defer(() => second.stop());
  };
  return { world, line, replica, failOver };
};

test('no sign-up is accepted while the replica is frozen, and the API is not ready', async ({
  onTestFinished,
}) => {
  const { world, replica } = await openReplicated(onTestFinished);
  const status = async () =>
    (await world.post({ name: 'Ada', email: 'a@example.com' }, { 'idempotency-key': 'a' })).status;
  const ready = () => readiness(world);
  await expect.poll(ready).toBe(200);
  await replica.freeze();
  expect(await status()).toBe(503);
  await expect.poll(ready).toBe(503);
  await replica.thaw();
  await expect.poll(ready).toBe(200);
  expect(await status()).toBe(202);
  await expect.poll(() => world.smtp.to('a@example.com').length).toBe(1);
  await expect.poll(() => world.log).toContain('NOREPLICAS 0 of 1 replicas have the sign-up');
});

test.for(Array.from({ length: rounds }, (_, round) => round))(
  'round %i: what was accepted survives a master that dies while its replica hears nothing',
  { timeout: 180_000 },
  async (_round, { onTestFinished }) => {
    const { world, line, failOver } = await openReplicated(onTestFinished);
    const stopLoad = keepSigningUp(world, { tag: 'load', perSecond: 100 });
    await expect.poll(() => world.smtp.messages.length).toBeGreaterThan(20);
    line.halt();
    // Now nothing new reaches the replica; without the wait for it, sign-ups would still be accepted.
    await expect.poll(() => readiness(world)).toBe(503);
    await failOver();
    const sentBefore = world.smtp.messages.length;
    await expect.poll(() => readiness(world), { timeout: 30_000 }).toBe(200);
    await expect.poll(() => world.smtp.messages.length, { timeout: 30_000 }).toBeGreaterThan(sentBefore + 20);
    const answers = await stopLoad();
    const ids = accepted(answers);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202, 503]));
    // An email that was on its way when the master died is told of again once its claim has run out. Asking for all of them
    // without a pause would keep a small machine from just that.
    const patience = { timeout: 120_000, interval: 500 };
    await expect.poll(() => countWelcomed(world, ids), patience).toBe(ids.length);
  },
);
