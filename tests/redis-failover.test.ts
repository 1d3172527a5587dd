import { startRedis, startReplica, startWire } from '@backend-jobs/local-services';
import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { openWorld } from './support/world.ts';

test('a master that became a replica, and kept its connections, is left for the one that its name leads to', async ({
  onTestFinished,
}) => {
  const opened = new AsyncDisposableStack();
  onTestFinished(() => opened.disposeAsync());
  const first = await startRedis();
  opened.defer(() => first.stop());
  const second = await startReplica(first);
  opened.defer(() => second.stop());
  const name = await startWire(first.port);
  opened.defer(() => name.stop());
  const [old, successor] = [new Redis(first.url), new Redis(second.url)];
  opened.defer(() => [old, successor].forEach((redis) => void redis.disconnect()));
  const world = await openWorld(opened, { url: `redis://127.0.0.1:${name.port}` });
  const before = await world.signUp('before@example.com');
  await expect.poll(() => world.find(before)).toMatchObject({ welcomeEmail: { status: 'sent' } });

  await successor.replicaof('NO', 'ONE');
  await old.replicaof('127.0.0.1', second.port);
  name.targetPort = second.port;

  const statuses = () =>
    Promise.all(
      [world.apiUrl, world.workers[0]?.healthUrl].map(async (url) => (await fetch(`${url}/readyz`)).status),
    );
  await expect.poll(statuses).toEqual([200, 200]);
  const isAccepted = async () =>
    (await world.post({ name: 'Ada', email: 'after@example.com' }, { 'idempotency-key': 'after' })).status;
  await expect.poll(isAccepted).toBe(202);
  await expect.poll(() => world.smtp.to('after@example.com').length).toBe(1);
  expect(await world.find(before)).toMatchObject({ status: 'created' });
});
