import { hostname } from 'node:os';
import { expect, test } from 'vitest';
import { createOwnHosts } from '../src/own-hosts.ts';

const isOwn = createOwnHosts('dev.internal');

test.for([
  'localhost',
  'LOCALHOST:3000',
  '127.0.0.1',
  '127.0.0.1:3000',
  '[::1]:3000',
  'dev.internal',
  hostname(),
])('%s is of this machine', (host) => {
  expect(isOwn(host)).toBe(true);
});

test.for([
  ...['evil.example', 'evil.example:3000', 'localhost.evil.example', '127.0.0.1.evil.example', '203.0.113.5'],
  ...['localhost@evil.example', 'evil.example#localhost', 'localhost evil', '', ':3000', '[::2]'],
])('%j is not', (host) => {
  expect(isOwn(host)).toBe(false);
});
