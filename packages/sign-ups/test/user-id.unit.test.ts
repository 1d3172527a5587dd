import { randomUUIDv7 } from 'node:crypto';
import { expect, test } from 'vitest';
import { acceptedAtMs } from '../src/user.ts';

test('an id tells when its sign-up was accepted, to the millisecond', () => {
  expect(acceptedAtMs('017f22e2-79b0-7cc3-98c4-dc0c0c07398f')).toBe(Date.parse('2022-02-22T19:22:22Z')); // RFC 9562, A.6
  const beforeMs = Date.now();
  const ms = acceptedAtMs(randomUUIDv7());
  expect(ms).toBeGreaterThanOrEqual(beforeMs - 1);
  expect(ms).toBeLessThanOrEqual(Date.now());
});
