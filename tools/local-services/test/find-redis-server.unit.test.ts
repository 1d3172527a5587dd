import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findRedisServer, RedisNotFoundError, startRedis } from '../src/index.ts';
import { temporaryFolder } from './support/temporary-folder.ts';
import { writePrograms } from './support/write-programs.ts';

/** Searches where only these shell scripts are on the PATH. */
const searchAmong = async (programs: Record<string, string>) => {
  const folder = await temporaryFolder();
  await writePrograms(folder, programs);
  const lines: string[] = [];
  const report = (line: string) => void lines.push(line);
  return { folder, lines, search: { env: { PATH: folder }, cacheDir: join(folder, 'cache'), report } };
};

const deadDocker = 'echo "Cannot connect to the Docker daemon" >&2; exit 1';

test('a server on the PATH is taken first', async () => {
  const { folder, lines, search } = await searchAmong({
    'redis-server': 'echo "Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc bits=64"',
    docker: 'exit 0',
  });
  expect((await findRedisServer(search)).name).toBe(`${folder}/redis-server 7.0.15`);
  expect(lines).toEqual([`Redis: ${folder}/redis-server 7.0.15`]);
});

test('the server that REDIS_SERVER names is taken before all others, and nothing in place of it', async () => {
  const { folder, search } = await searchAmong({
    'redis-server': 'echo "Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc bits=64"',
    'other-server': 'echo "Valkey server v=8.0.1 sha=00000000:0 malloc=jemalloc bits=64"',
  });
  const named = (name: string) =>
    findRedisServer({ ...search, env: { ...search.env, REDIS_SERVER: `${folder}/${name}` } });
  expect((await named('other-server')).name).toBe(`${folder}/other-server 8.0.1`);
  await expect(named('missing')).rejects.toThrow(
    `REDIS_SERVER: ${folder}/missing is no Redis or Valkey of 6.2 or newer`,
  );
});

test('a Redis that is too old is ignored and reported; Valkey is accepted', async () => {
  const { folder, lines, search } = await searchAmong({
    'redis-server': 'echo "Redis server v=6.0.16 sha=00000000:0 malloc=jemalloc bits=64"',
    'valkey-server': 'echo "Valkey server v=8.1.1 sha=00000000:0 malloc=jemalloc bits=64"',
  });
  expect((await findRedisServer(search)).name).toBe(`${folder}/valkey-server 8.1.1`);
  expect(lines[0]).toBe(`Redis: ignoring ${folder}/redis-server 6.0.16, which is older than 6.2`);
});

test('a server that does not run and a Docker client without an engine are ignored', async () => {
  const { lines, search } = await searchAmong({ 'redis-server': 'exit 127', docker: deadDocker });
  const found = findRedisServer(search);
  await expect(found).rejects.toThrow(RedisNotFoundError);
  for (const way of ['brew install redis', 'sudo apt-get install redis-server', 'Docker', 'REDIS_URL']) {
    await expect(found).rejects.toThrow(way);
  }
  expect(lines).toEqual([]);
});

test('an engine that cannot pull the image is ignored and reported', async () => {
  const { lines, search } = await searchAmong({
    docker: 'case $1 in image) exit 1;; pull) echo "no route to the registry" >&2; exit 1;; esac',
  });
  await expect(findRedisServer(search)).rejects.toThrow(RedisNotFoundError);
  expect(lines.at(-1)).toBe(
    `Redis: Docker cannot be used (${search.env.PATH}/docker pull: no route to the registry)`,
  );
});

test('a container is published on 127.0.0.1 only, and uses a folder of the caller', async () => {
  const { folder, search } = await searchAmong({
    docker: `case $1 in run) echo "$@" > "\${0%/*}/run"; echo "the engine said no" >&2; exit 125;; esac`,
  });
  const source = await findRedisServer(search);
  const dataDir = join(folder, 'data');
  const start = startRedis({ source, dataDir, port: 23_456 });
  await expect(start).rejects.toThrow(/redis:\S+ in Docker.* ended \(code 125\)[\s\S]*the engine said no/);
  const run = await readFile(join(folder, 'run'), 'utf8');
  expect(run).toContain('--publish 127.0.0.1:23456:6379');
  expect(run).toContain(`--mount type=bind,source=${dataDir},target=/data`);
  expect(run).toContain(`--user ${process.getuid?.()}:${process.getgid?.()}`);
  expect(run).toContain('--appendonly yes');
});
