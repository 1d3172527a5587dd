import { setTimeout as sleep } from 'node:timers/promises';
import { type Measurement, openRedis } from '../bench.ts';
import { ours } from '../contenders/ours.ts';
import { connections } from '../load/load.ts';
import { putLoad } from '../load/put-load.ts';
import { usedMemoryBytes } from '../redis-facts.ts';
import { spreadOf } from '../statistics.ts';

/** What a sign-up takes up in Redis while it waits. It came without an `Idempotency-Key`, so there is no record of one. */
export const measureRedisMemory: Measurement = {
  title: "Redis' memory for a waiting sign-up",
  ids: [10],
  run: async (bench) => {
    const { waitingSignUps: signUps, settleMs } = bench.scale;
    const { redis, redisUrl } = await openRedis(bench);
    const api = await ours.startApi({ redisUrl });
    bench.opened.defer(() => api.stop());
    // Redis frees the buffers of its connections and of its file within a second or two.
    const settledBytes = async () => {
      await sleep(settleMs);
      return usedMemoryBytes(redis);
    };
    const load = { url: api.url, connections, ignoreFirstMs: 0 };
    // The first ones bring scripts and buffers, which are there once.
    await putLoad({ ...load, tag: 'first', until: { requests: 100 } }, bench.opened);
    const beforeBytes = await settledBytes();
    await putLoad({ ...load, tag: 'waits', until: { requests: signUps } }, bench.opened);
    const afterBytes = await settledBytes();
    const spread = spreadOf([(afterBytes - beforeBytes) / 1_024 / signUps]);
    return [
      {
        id: 10,
        title: `Redis' memory for a waiting sign-up (of ${signUps.toLocaleString('en')})`,
        figure: { unit: 'KiB', spread },
        target: { sense: 'at most', bound: 1.25 },
        series: [{ name: 'ours', unit: 'KiB', spread }],
      },
    ];
  },
};
