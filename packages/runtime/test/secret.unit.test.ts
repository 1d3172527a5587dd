import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { secret } from '../src/secret.ts';

const read = (minLength: number, text: string, isProduction = true) =>
  secret({ minLength })(text, { isProduction });

const tooEasy = [
  ...[
    '123456789012',
    '            ',
    'aaaaaaaaaaaa',
    'abcdefghijkl',
    'lkjihgfedcba',
    '121212121212',
    'abcabcabcabc',
  ],
  ...['qwertyuiop12', 'asdfghjklasdf', 'password1234', 'P@ssw0rd1234', 'adminadmin12', 'Backend-Jobs1'],
  ...['changeme-change-me', 'admin-password', 'your-secret-key'],
];

describe('in production', () => {
  test.for(tooEasy)('%j is too easy to guess, though it is long', (text) => {
    expect(() => read(12, text)).toThrow('is too easy to guess: make one at random');
    expect(() => read(12, text)).not.toThrow(text);
  });

  test.for(['not-a-secret', 'x'.repeat(40), '0123456789'.repeat(4), 'secret'.repeat(8), 'ab'.repeat(32)])(
    '%j is no key of a hash',
    (text) => {
      expect(() => read(32, text)).toThrow(/must have at least 32 characters|is too easy to guess/);
    },
  );

  test('one that is too short may be drawn at random all the same', () => {
    expect(() => read(12, '8g5Kq-21xPz')).toThrow('must have at least 12 characters');
  });

  test('each example of the pages is too easy to guess', () => {
    const pages = [
      'README.md',
      'README.pt-BR.md',
      'docs/configuration.md',
      'docs/redis.md',
      'docs/backup.md',
    ];
    const examples = pages.flatMap((page) => {
      const text = readFileSync(new URL(`../../../${page}`, import.meta.url), 'utf8');
      return [...text.matchAll(/(?:PASSWORD|SECRET)=([\w-]+)|on >([\w-]+)/g)].map(
        ([, one, other]) => one ?? other,
      );
    });
    expect(examples.length).toBeGreaterThan(1);
    for (const example of examples)
      expect(() => read(12, example as string), example).toThrow(/too easy|at least/);
  });

  test.for(['correct horse battery', 'Nebelkrähe über Ulm', '8g5Kq-21xPz_', 'c0ffee9a17b4'])(
    '%j is taken',
    (text) => {
      expect(read(12, text)).toBe(text);
    },
  );

  test('whatever was drawn at random is taken', () => {
    for (let round = 0; round < 2_000; round += 1) {
      for (const encoding of ['hex', 'base64', 'base64url'] as const) {
        const text = randomBytes(32).toString(encoding);
        expect(read(32, text)).toBe(text);
      }
    }
  });
});

test('development takes any', () => {
  expect(read(12, 'short', false)).toBe('short');
});
