import { once } from 'node:events';
import { freePort, redisTopologies, startTestRedis, startWire } from '@backend-jobs/local-services';
import { expect, onTestFinished, test } from 'vitest';
import { connectProducer, connectWorker, parseRedisUrl } from '../src/index.ts';

const keyPrefix = '{test}';

/** A Redis behind a wire, and a connection of the service to it. */
const open = async (topology: (typeof redisTopologies)[number]) => {
  const port = await freePort();
  const wire = await startWire(port);
  onTestFinished(() => wire.stop());
  const env = { ...process.env, TEST_REDIS: topology };
  const redis = await startTestRedis({ env, port, reachedAt: wire.port });
  onTestFinished(() => redis.stop());
  const connection = connectProducer(parseRedisUrl(redis.serviceUrl), { name: 'test', keyPrefix });
  connection.on('error', () => {});
  onTestFinished(() => connection.disconnect());
  await once(connection, 'ready');
  const write = () => connection.set(`${keyPrefix}:key`, 'value').catch(() => 'refused');
  return { redis, wire, write };
};

test.for(redisTopologies)(
  'a connection comes back after its Redis was killed, and after its line was silent: %s',
  async (topology) => {
    const { redis, wire, write } = await open(topology);
    let seen = '';
    wire.watch = ({ text }) => {
      seen += text;
      return true;
    };
    await expect.poll(write).toBe('OK');
    expect(seen).toContain(`${keyPrefix}:key`);
    await redis.kill();
    expect(await write()).toBe('refused');
    await redis.restart();
    await expect.poll(write).toBe('OK');
    wire.halt();
    expect(await write()).toBe('refused');
    wire.restore();
    await expect.poll(write).toBe('OK');
  },
);

test.for(['cluster', 'sentinel'])(
  'a connection that is dropped while it asks who its master is asks again: %s',
  async (topology) => {
    const redis = await startTestRedis({ env: { ...process.env, TEST_REDIS: topology } });
    onTestFinished(() => redis.stop());
    const asked = await startWire(Number(new URL(redis.serviceUrl).port));
    onTestFinished(() => asked.stop());
    const url = redis.serviceUrl.replace(/:\d+/, `:${asked.port}`);
    const connection = connectWorker(parseRedisUrl(url), { name: 'test', keyPrefix });
    connection.on('error', () => {});
    onTestFinished(() => connection.disconnect());
    await once(connection, 'ready');
    asked.halt();
    connection.disconnect(true);
    await new Promise((resolve) => connection.once('connecting', resolve));
    connection.disconnect(true);
    asked.restore();
    expect(await connection.set(`${keyPrefix}:key`, 'value')).toBe('OK');
  },
);

test('a process that is busy while a node of the cluster replies does not take the node for dead', async () => {
  const redis = await startTestRedis({ env: { ...process.env, TEST_REDIS: 'cluster' } });
  onTestFinished(() => redis.stop());
  const wire = await startWire(redis.port);
  onTestFinished(() => wire.stop());
  let busyMs = 800;
  wire.watch = ({ text }) => {
    if (!/keyslot/i.test(text)) return true;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, busyMs);
    busyMs = 0;
    return true;
  };
  const url = `redis+cluster://127.0.0.1:${wire.port}`;
  const connection = connectProducer(parseRedisUrl(url), { name: 'test', keyPrefix });
  const errors: unknown[] = [];
  connection.on('error', (error) => errors.push(error));
  onTestFinished(() => connection.disconnect());
  await expect.poll(() => connection.status).toBe('ready');
  expect(errors).toEqual([]);
});

test('TEST_REDIS has to be one that there is', async () => {
  await expect(startTestRedis({ env: { TEST_REDIS: 'ring' } })).rejects.toThrow(
    'TEST_REDIS must be one of plain, cluster, sentinel',
  );
});
