import { expect, test } from 'vitest';
import { networkOf } from '../src/network-of.ts';

test.for([
  ['203.0.113.7', '203.0.113.7'],
  ['::ffff:203.0.113.7', '203.0.113.7'],
  ['::ffff:cb00:7107', '203.0.113.7'],
  ['2001:DB8::1', '2001:db8::'],
  ['2001:db8:0:0:ffff:ffff:ffff:ffff', '2001:db8::'],
  ['2001:db8:0:1::1', '2001:db8:0:1::'],
  ['fe80::1%eth0', 'fe80::'],
])('%s counts as %s', ([ip, network]) => {
  expect(networkOf(ip as string)).toBe(network);
});
