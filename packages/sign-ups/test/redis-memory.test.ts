import { randomUUIDv7 } from 'node:crypto';
import { startTestRedis } from '@backend-jobs/local-services';
import { oneShard } from '@backend-jobs/redis';
import { Redis } from 'ioredis';
import { expect, onTestFinished, test } from 'vitest';
import { openStores } from '../src/index.ts';

const signUps = 20_000;
const sideBySide = 500;

const openScene = async () => {
  const redis = await startTestRedis();
  const connection = new Redis(redis.url);
  onTestFinished(async () => {
    connection.disconnect();
    await redis.stop();
  });
  const stores = openStores(oneShard(connection, '{backend-jobs}'), {
    hashSecret: 'for-tests',
    limits: { perMailbox: { max: 5, durationMs: 24 * 60 * 60 * 1_000 }, perDomain: undefined },
  });
  const usedBytes = async () => {
    const [, used] = /^used_memory:(\d+)/m.exec(await connection.info('memory')) ?? [];
    return Number(used);
  };
  return { ...stores, connection, usedBytes };
};

type Scene = Awaited<ReturnType<typeof openScene>>;

/** A sign-up from its creation until its welcome was sent, as the workers have it recorded. */
const settle = async ({ signUpStore, welcomeEmails }: Scene, index: number): Promise<void> => {
  const id = randomUUIDv7();
  const email = `ada.lovelace.${index}@example.com`;
  await signUpStore.create(id, { name: 'Ada Lovelace', email, locale: 'en' });
  const [token, nowMs] = [randomUUIDv7(), Date.now()];
  await welcomeEmails.claim(id, token, { maxCopies: 3, job: nowMs, start: nowMs, lost: 0 });
  await welcomeEmails.settle(id, token, {
    status: 'sent',
    isFinal: true,
    countsAttempt: true,
    messageId: `<welcome.${id}@backend-jobs.example>`,
    sentAt: new Date(nowMs).toISOString(),
  });
};

const settleAll = async (scene: Scene, from: number, to: number): Promise<void> => {
  for (let index = from; index < to; index += sideBySide)
    await Promise.all(Array.from({ length: sideBySide }, (_, offset) => settle(scene, index + offset)));
};

test('a sign-up whose welcome was sent takes less than 1,000 bytes, and 850 when the count of its mailbox is gone', {
  timeout: 180_000,
}, async () => {
  const scene = await openScene();
  await settleAll(scene, 0, sideBySide); // they bring scripts and buffers, which are there once
  const before = await scene.usedBytes();
  await settleAll(scene, sideBySide, sideBySide + signUps);
  const bytesEach = async () => ((await scene.usedBytes()) - before) / signUps;
  // A slow disk has Redis hold for a while what is to go into its file.
  await expect.poll(bytesEach).toBeLessThan(1_000);
  await scene.connection.unlink(await scene.connection.keys('*:of-mailbox:*'));
  await expect.poll(bytesEach).toBeLessThan(850);
  expect(await bytesEach()).toBeGreaterThan(500);
});
