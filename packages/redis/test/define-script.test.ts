import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { openTestRedis, type TestRedis } from '@backend-jobs/local-services';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { defineScript } from '../src/index.ts';

let redis: TestRedis;
let connection: Redis;
let folder: string;

beforeAll(async () => {
  redis = await openTestRedis();
  connection = new Redis(redis.url);
  folder = await mkdtemp(join(tmpdir(), 'scripts-'));
});
afterAll(async () => {
  connection.disconnect();
  await redis.stop();
  await rm(folder, { recursive: true });
});

const write = async (name: string, lua: string): Promise<URL> => {
  const file = join(folder, name);
  await writeFile(file, lua);
  return pathToFileURL(file);
};

test('runs with keys and arguments by their names, and returns the reply', async () => {
  const file = await write(
    'add.lua',
    `local list_key = unpack(KEYS)
local first_item, second_item = unpack(ARGV)
redis.call('RPUSH', list_key, first_item, second_item)
return redis.call('LRANGE', list_key, 0, -1)`,
  );
  const add = defineScript(file, { keys: ['listKey'], args: ['firstItem', 'secondItem'] })(connection);
  const args = { secondItem: 'b', firstItem: 'a' };
  expect(await add({ keys: { listKey: `${redis.prefix}:list` }, args })).toEqual(['a', 'b']);
});

test('refuses a script that binds its arguments in another order', async () => {
  const file = await write('swapped.lua', 'local key = unpack(KEYS)\nlocal b, a = unpack(ARGV)\nreturn a');
  expect(() => defineScript(file, { keys: ['key'], args: ['a', 'b'] })).toThrow(
    'swapped.lua has to bind ARGV to a, b',
  );
});
