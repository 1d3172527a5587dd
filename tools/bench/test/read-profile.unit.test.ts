import { expect, test } from 'vitest';
import { sharesOf } from '../src/profile/read-profile.ts';

const frames = [
  ['hmset', 'file:///x/node_modules/.pnpm/ioredis@6.0.0/node_modules/ioredis/built/Redis.js'],
  ['check', 'file:///x/node_modules/@scope/name/index.js'],
  ['start', 'file:///x/apps/api/src/intake/queue-intake.ts'],
  ['read', 'file:///x/packages/redis/src/read-together.ts'],
  ['Hmac', 'node:internal/crypto/hash'],
  ['writev', ''],
  ['(garbage collector)', ''],
  ['(idle)', ''],
] as const;

test('the time of a program is told by library, by package and by what Node does, without the time it did nothing', () => {
  const nodes = frames.map(([functionName, url], index) => ({ id: index, callFrame: { functionName, url } }));
  const samples = [...frames.keys(), 0];
  const timeDeltas = [30, 20, 10, 10, 5, 10, 5, 1_000, 10];
  expect(sharesOf({ nodes, samples, timeDeltas })).toEqual([
    { part: 'ioredis', share: 0.4 },
    { part: '@scope/name', share: 0.2 },
    { part: 'apps/api', share: 0.1 },
    { part: 'packages/redis', share: 0.1 },
    { part: 'Node, writing to sockets', share: 0.1 },
    { part: 'Node, hashes', share: 0.05 },
    { part: 'garbage', share: 0.05 },
  ]);
});
