import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { unpackedRedis } from '../src/redis/unpacked-redis.ts';
import { temporaryFolder } from './support/temporary-folder.ts';
import { writePrograms } from './support/write-programs.ts';

/** Behaves as if there were no package lists until `apt-get update` has run. */
const aptGet = `
lists=/nowhere
for word in "$@"; do case $word in Dir::State::lists=*) lists=\${word#*=};; esac; done
case "$*" in
*update*) : > "$lists/fresh"; exit 100;;
*) [ -e "$lists/fresh" ] || { echo "E: Unable to locate package redis-server" >&2; exit 100; };;
esac
case "$*" in
*--simulate*)
  echo "Inst libc6 [2.36-9] (2.36-10 Debian:12 [amd64])"
  echo "Inst redis-tools (5:7.0.15 Debian:12 [amd64])"
  echo "Inst redis-server (5:7.0.15 Debian:12 [amd64])";;
*download*)
  found=
  for word in "$@"; do
    if [ "$found" ]; then : > "$word.deb"; elif [ "$word" = download ]; then found=yes; fi
  done;;
esac
`;

const dpkg = `
case $2 in *libc6*) echo "nobody wants a second libc" >&2; exit 1;; esac
mkdir -p "$3/usr/bin" "$3/usr/lib/x86_64-linux-gnu"
[ "\${2##*/}" = redis-tools.deb ] || exit 0
printf '#!/bin/sh\\n[ "$LD_LIBRARY_PATH" ] && echo "Redis server v=7.0.15"\\n' > "$3/usr/bin/redis-server"
chmod +x "$3/usr/bin/redis-server"
`;

const searchWith = async (programs: Record<string, string>) => {
  const folder = await temporaryFolder();
  await writePrograms(folder, programs);
  const lines: string[] = [];
  return {
    lines,
    cacheDir: join(folder, 'cache'),
    env: { PATH: `${folder}:${process.env.PATH}` },
    report: (line: string) => void lines.push(line),
  };
};

test('the package is unpacked once, with its own package lists if the system has none', async () => {
  const search = await searchWith({ 'apt-get': aptGet, dpkg });
  for (const _ of ['first', 'second']) {
    const redis = await unpackedRedis(search);
    expect(redis?.name, search.lines.join()).toContain('usr/bin/redis-server 7.0.15');
  }
  expect(search.lines).toEqual([expect.stringMatching(/unpacking \w+'s package under .*cache \(once\)/)]);
});

test('callers at the same time do not disturb each other, and leave one copy', async () => {
  const search = await searchWith({ 'apt-get': aptGet, dpkg });
  const found = await Promise.all(Array.from({ length: 5 }, () => unpackedRedis(search)));
  expect(new Set(found.map((source) => source?.name)).size).toBe(1);
  expect(found[0], search.lines.join()).toBeDefined();
  expect(await readdir(search.cacheDir)).toHaveLength(1);
});

test('a copy that no longer runs is replaced', async () => {
  const search = await searchWith({ 'apt-get': aptGet, dpkg });
  await unpackedRedis(search);
  const [copy] = await readdir(search.cacheDir);
  await writePrograms(join(search.cacheDir, copy as string, 'usr/bin'), { 'redis-server': 'exit 127' });
  expect(await unpackedRedis(search)).toBeDefined();
});

test('a package that cannot be downloaded is reported, and the attempt leaves nothing behind', async () => {
  const search = await searchWith({ 'apt-get': 'echo "E: no network" >&2; exit 100' });
  expect(await unpackedRedis(search)).toBeUndefined();
  expect(search.lines.at(-1)).toBe(
    'Redis: the package could not be unpacked (apt-get install: E: no network)',
  );
  expect(await readdir(search.cacheDir)).toEqual([]);
});
