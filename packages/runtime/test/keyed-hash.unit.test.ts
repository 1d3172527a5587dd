import { createHash, createHmac, randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { createKeyedHash } from '../src/index.ts';

test('a hash depends on the secret: without it nobody can try out addresses', () => {
  const hashes = ['', 'one', 'two'].map((secret) => createKeyedHash(secret)('ada@example.com'));
  expect(new Set(hashes).size).toBe(3);
  expect(hashes).not.toContain(createHash('sha256').update('ada@example.com').digest('base64url'));
});

test('a hash is that of HMAC with SHA-256 (RFC 4231, test case 2)', () => {
  const hex = '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843';
  const hash = createKeyedHash('Jefe')('what do ya want for nothing?');
  expect(Buffer.from(hash, 'base64url').toString('hex')).toBe(hex);
  expect(hash).toMatch(/^[\w-]{43}$/); // it becomes part of a key's name
});

test('a hash is that of HMAC whatever the lengths of secret and text are', () => {
  for (const length of [0, 1, 32, 63, 64, 65, 128, 1_000]) {
    for (const letter of ['x', 'ü']) {
      const secret = letter.repeat(length); // of so many bytes, and of twice as many
      const text = randomBytes(length).toString('latin1');
      const expected = createHmac('sha256', secret).update(text).digest('base64url');
      expect(createKeyedHash(secret)(text)).toBe(expected);
    }
  }
});

test('a hash stays the same, however many others were asked for in between', () => {
  const hash = createKeyedHash('one');
  const texts = Array.from({ length: 2_500 }, (_, index) => `ada.${index}@example.com`);
  const first = texts.map(hash);
  expect(new Set(first).size).toBe(texts.length);
  expect(texts.map(hash)).toEqual(first);
  expect(texts.map((text) => createKeyedHash('one')(text))).toEqual(first);
});
