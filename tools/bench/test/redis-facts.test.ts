import { startRedis } from '@backend-jobs/local-services';
import { Redis } from 'ioredis';
import { expect, onTestFinished, test } from 'vitest';
import { appendOnlyBytes } from '../src/redis-facts.ts';

test('the append-only file grows by what is written, also before it has reached the file', async () => {
  const server = await startRedis({ appendfsync: 'everysec' });
  onTestFinished(() => server.stop());
  const redis = new Redis(server.url);
  onTestFinished(() => redis.disconnect());
  await redis.set('first', ''); // it also selects the database
  const before = await appendOnlyBytes(redis);
  await redis.set('key', 'x'.repeat(10_000));
  const grown = (await appendOnlyBytes(redis)) - before;
  expect(grown).toBeGreaterThan(10_000);
  expect(grown).toBeLessThan(10_100);
});
