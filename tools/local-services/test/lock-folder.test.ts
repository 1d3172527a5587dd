import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { FolderInUseError, startRedis } from '../src/index.ts';
import { lockFolder } from '../src/lock-folder.ts';
import { identifyProcess } from '../src/process-identity.ts';
import { runScript } from './support/run-script.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

const redisLauncher = new URL('./support/redis-launcher.ts', import.meta.url);
const tetheringParent = new URL('./support/tethering-parent.ts', import.meta.url);

test('a second launcher is refused with the name of the first, and gets the data after the first was killed', async () => {
  const dataDir = await temporaryFolder();
  await using launcher = await runScript(redisLauncher, dataDir);
  const first = new Redis(launcher.firstLine);
  first.on('error', () => {});
  await first.set('key', 'value');

  const refused = startRedis({ dataDir });
  await expect(refused).rejects.toThrow(FolderInUseError);
  await expect(refused).rejects.toThrow(
    `process ${launcher.child.pid} runs a server on it (${launcher.firstLine})`,
  );

  launcher.child.kill('SIGKILL');
  first.disconnect();
  await using stack = new AsyncDisposableStack();
  const second = stack.adopt(await startRedis({ dataDir }), (redis) => redis.stop());
  const client = stack.adopt(new Redis(second.url), async (redis) => redis.disconnect());
  expect(await client.get('key')).toBe('value');
}, 120_000);

test('a lock whose holder is gone does not block', async () => {
  const self = await identifyProcess(process.pid);
  const goneOwners = [
    JSON.stringify({ owner: { pid: 4_194_303, started: '1' } }),
    JSON.stringify({ owner: { ...self, started: 'before this process got the same pid' } }),
    '{"own', // as a power cut leaves it
    '',
  ];
  for (const content of goneOwners) {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'lock.json'), content);
    await writeFile(join(folder, 'lock.json.removal'), content);
    const lock = await lockFolder(folder);
    await expect(lockFolder(folder)).rejects.toThrow(FolderInUseError);
    await lock.release();
    expect(await readdir(folder)).toEqual([]);
  }
});

test('a server that outlives its launcher keeps the folder until it ends', async () => {
  const folder = await temporaryFolder();
  await using server = await runScript(tetheringParent);
  const holder = {
    owner: { pid: 4_194_303, started: '1' },
    server: await identifyProcess(server.child.pid ?? 0),
  };
  await writeFile(join(folder, 'lock.json'), JSON.stringify(holder));
  await expect(lockFolder(folder, 200)).rejects.toThrow(`process ${server.child.pid} runs a server`);
  const waiting = lockFolder(folder, 10_000);
  server.child.kill('SIGKILL');
  await (await waiting).release();
});

test('of many processes that find the same stale lock one gets it', async () => {
  for (let round = 0; round < 30; round++) {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'lock.json'), '');
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => lockFolder(folder)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  }
});
