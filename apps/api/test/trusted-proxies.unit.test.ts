import { expect, test } from 'vitest';
import { trustedProxies, trusts } from '../src/trusted-proxies.ts';

test.for(['10', 'loopback,1', '1,loopback', '10.0.0.1, 42'])(
  'a number of proxies is no address of one, wherever it stands: %s',
  (text) => {
    expect(() => trustedProxies(text)).toThrow(/^must be a list of addresses/);
  },
);

test.for(['0.0.0.0/8', '255.0.0.0/8', '::/64', 'ffff::/16'])(
  'a network at an end of all addresses is not all of them: %s',
  (text) => {
    expect(trustedProxies(text)).toEqual([text]);
  },
);

test('who is a proxy is known by the networks, and nobody is one where there are none', () => {
  const isProxy = trusts(['10.0.0.0/8']);
  expect(['10.1.2.3', '203.0.113.5'].map(isProxy)).toEqual([true, false]);
  expect(trusts(undefined)('10.1.2.3')).toBe(false);
});
