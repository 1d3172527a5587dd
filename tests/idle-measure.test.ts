import { startRedis, startRedisCluster } from '@backend-jobs/local-services';
import { exactProcessorMs } from '../tools/local-services/src/processor-time.ts';
import { Redis } from 'ioredis';
import { test } from 'vitest';
import { openWorld } from './support/world.ts';

test.for(['1', '16', '16c'])('idle %s', { timeout: 200_000 }, async (kind) => {
  const opened = new AsyncDisposableStack();
  const redis = kind === '16c' ? await startRedisCluster({ masters: 3, replicas: 1 }) : await startRedis();
  opened.defer(() => redis.stop());
  const world = await openWorld(opened, redis, { SHARDS: kind.slice(0, 2).replace('c',''), HASH_SECRET: 'x' });
  const sleep = (ms: number) => new Promise((r) => setTimeout(r, ms));
  await sleep(10_000);
  const [worker] = world.workers as any; const [api] = world.apis as any;
  const before = [await exactProcessorMs(worker.pid), await exactProcessorMs(api.pid)];
  await sleep(30_000);
  const after = [await exactProcessorMs(worker.pid), await exactProcessorMs(api.pid)];
  let clients = '';
  if (kind !== '16c') { const r = new Redis((redis as any).url); clients = /connected_clients:(\d+)/.exec(await r.info('clients'))?.[1] ?? ''; r.disconnect(); }
  console.log(kind, 'worker %', (after[0]! - before[0]!) / 300, 'api %', (after[1]! - before[1]!) / 300, 'clients', clients);
  await opened.disposeAsync();
});
