import { stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { Redis } from 'ioredis';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import {
  findRedisServer,
  isPortFree,
  openTestRedis,
  type RedisOptions,
  type RedisSource,
  startRedis,
} from '../src/index.ts';
import { askRedis } from '../src/redis/ask-redis.ts';
import { stopGraceMs } from '../src/redis/redis-server.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

let source: RedisSource;
beforeAll(async () => {
  source = await findRedisServer();
}, 180_000);

const startForTest = async (options: RedisOptions = {}) => {
  const redis = await startRedis({ source, ...options });
  onTestFinished(() => redis.stop());
  return redis;
};

const clientOf = (url: string): Redis => {
  const client = new Redis(url);
  client.on('error', () => {});
  onTestFinished(() => client.disconnect());
  return client;
};

const accepts = (host: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 10_000 });
    const settle = (accepted: boolean) => resolve(socket.destroy() && accepted);
    socket.once('connect', () => settle(true));
    for (const event of ['error', 'timeout']) socket.once(event, () => settle(false));
  });

test('it writes everything to disk, evicts nothing, and listens on 127.0.0.1 only', async () => {
  const redis = await startForTest();
  const client = clientOf(redis.url);
  const settings = await client.config('GET', 'append*', 'maxmemory-policy', 'save');
  expect(settings).toEqual(expect.arrayContaining(['appendonly', 'yes', 'everysec', 'noeviction']));
  expect(await accepts('127.0.0.1', redis.port)).toBe(true);
  expect(await accepts('127.0.0.2', redis.port)).toBe(false);
});

test('its port, its way to sync and further arguments can be chosen', async () => {
  const redis = await startForTest({ appendfsync: 'always', extraArgs: ['--maxclients', '77'] });
  const settings = await clientOf(redis.url).config('GET', 'appendfsync', 'maxclients');
  expect(settings).toEqual(expect.arrayContaining(['always', '77']));
});

test('its data survive a stop and the next start', async () => {
  const dataDir = await temporaryFolder();
  const first = await startForTest({ dataDir });
  await clientOf(first.url).set('key', 'value');
  await first.stop();
  const second = await startForTest({ dataDir });
  expect(await clientOf(second.url).get('key')).toBe('value');
});

test('its data survive a kill, on the same port', async () => {
  const redis = await startForTest({ appendfsync: 'always' });
  const client = clientOf(redis.url);
  await client.set('key', 'value');
  const killed = redis.pid;
  await redis.kill();
  expect(await isPortFree(redis.port)).toBe(true);
  await redis.restart();
  expect(redis.pid).not.toBe(killed);
  expect(await client.get('key')).toBe('value');
});

test('frozen it sends no reply, and thawed it continues', async () => {
  const redis = await startForTest();
  const client = clientOf(redis.url);
  await client.ping();
  await redis.freeze();
  expect(await askRedis(redis.port, 300)).toBeUndefined();
  const answer = client.ping();
  await redis.thaw();
  expect(await answer).toBe('PONG');
});

test('a frozen one can be stopped', async () => {
  const redis = await startForTest();
  await redis.freeze();
  const startedAt = Date.now();
  await redis.stop();
  expect(Date.now() - startedAt).toBeLessThan(stopGraceMs); // it did not take the SIGKILL
  expect(await isPortFree(redis.port)).toBe(true);
});

test('a temporary data folder is gone after the stop', async () => {
  const redis = await startForTest();
  expect((await stat(redis.dataDir)).isDirectory()).toBe(true);
  await redis.stop();
  await expect(stat(redis.dataDir)).rejects.toThrow('ENOENT');
});

test('an unexpected end is reported', async () => {
  const lines: string[] = [];
  const redis = await startForTest({ report: (line) => lines.push(line) });
  process.kill(redis.pid as number, 'SIGKILL');
  await expect.poll(() => lines.join()).toContain('ended by itself (SIGKILL)');
});

test('a start that fails says why, with the output of the server', async () => {
  const start = startRedis({ source, extraArgs: ['--maxmemory', 'plenty'] });
  await expect(start).rejects.toThrow(/argument must be a memory value/);
});

test('it does not mistake another Redis on its port for itself', async () => {
  const { port } = await startForTest();
  await expect(startRedis({ source, port })).rejects.toThrow('Address already in use');
});

test('a test that shares the Redis of REDIS_URL removes its own keys, and no others', async () => {
  const { url } = await startForTest();
  const client = clientOf(url);
  const shared = await openTestRedis({ REDIS_URL: url });
  await client.mset('theirs', '1', `${shared.prefix}:mine`, '1');
  await shared.stop();
  expect(await client.keys('*')).toEqual(['theirs']);
});
