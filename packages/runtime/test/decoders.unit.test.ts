import { describe, expect, test } from 'vitest';
import {
  type Decoder,
  delay,
  duration,
  integer,
  listOf,
  matching,
  offOr,
  oneOf,
  rate,
  timeout,
  toAsciiDomain,
} from '../src/index.ts';

interface Kind {
  name: string;
  decode: Decoder<unknown>;
  good: Record<string, unknown>;
  bad: string[];
  must: RegExp;
}

const dayMs = 86_400_000;
const fiveADay = { max: 5, durationMs: dayMs };

const kinds: Kind[] = [
  {
    name: 'a whole number',
    decode: integer({ min: 1, max: 64 }),
    good: { '1': 1, '64': 64, '007': 7 },
    bad: ['0', '65', '-1', '1.5', '1e1', '0x10', ' 1', 'many', '٣', 'NaN', 'Infinity'],
    must: /^must be a whole number from 1 to 64$/,
  },
  {
    name: 'one word of some',
    decode: oneOf('resend', 'hold'),
    good: { resend: 'resend', hold: 'hold' },
    bad: ['Hold', 'hold ', 'constructor', 'resend,hold'],
    must: /^must be one of: resend, hold$/,
  },
  {
    name: 'a list',
    decode: listOf(oneOf('a', 'b')),
    good: { '': [], a: ['a'], 'a,b': ['a', 'b'], 'a, b': ['a', 'b'] },
    bad: ['c', 'a,', ',', 'a;b'],
    must: /^must be one of: a, b$/,
  },
  {
    name: 'a text that matches',
    decode: matching(/^\{.+\}$/, 'must be in braces'),
    good: { '{a}': '{a}' },
    bad: ['a', '{}'],
    must: /^must be in braces$/,
  },
  {
    name: 'a duration',
    decode: duration,
    good: { '500ms': 500, '8s': 8_000, '1m': 60_000, '24h': dayMs, '30d': 30 * dayMs },
    bad: ['8', 's', '-8s', '1.5h', '8 s', '8S', '366d', `${'9'.repeat(400)}d`, '8s8s', '1y'],
    must: /^must be a number and its unit .*, and at most 365d/,
  },
  {
    name: 'a duration that a timer can count',
    decode: timeout,
    good: { '12d': 12 * dayMs },
    bad: ['13d', '2147483648ms'],
    must: /at most 12d/,
  },
  {
    name: 'a rate',
    decode: rate,
    good: { '5/1d': fiveADay, '600/1m': { max: 600, durationMs: 60_000 } },
    bad: ['off', '5', '0/1s', '5/0s', '5/s', '5/1', '5 /1s', '5/1y', '9999999999/1s', '5/999999d'],
    must: /^must be a number and a duration, like 600\/1m$/,
  },
  {
    name: 'a rate, or none',
    decode: offOr(rate),
    good: { off: undefined, '5/1d': fiveADay },
    bad: ['Off', 'none', '0'],
    must: /^must be a number and a duration, like 600\/1m, or off$/,
  },
];

describe.for(kinds)('$name', ({ decode, good, bad, must }) => {
  test.for(Object.entries(good))('may be %s', ([text, value]) => {
    expect(decode(text, { isProduction: true })).toEqual(value);
  });

  test.for(bad)('may not be %s', (text) => {
    expect(() => decode(text, { isProduction: true })).toThrow(must);
  });
});

test('a limit of 0, which is none, is refused in production, and a delay of 0 is not', () => {
  for (const decode of [duration, timeout]) {
    expect(() => decode('0ms', { isProduction: true })).toThrow(/^must be longer than 0 in production$/);
    expect(decode('0ms', { isProduction: false })).toBe(0);
  }
  expect(delay('0s', { isProduction: true })).toBe(0);
  expect(() => delay('13d', { isProduction: true })).toThrow(/at most 12d/);
});

describe('a domain', () => {
  test.for([
    ['example.com', 'example.com'],
    ['bücher.example', 'xn--bcher-kva.example'],
    ['localhost', 'localhost'],
  ] as const)('%s is %s in ASCII', ([text, ascii]) => {
    expect(toAsciiDomain(text)).toBe(ascii);
  });

  test.for([
    '',
    '.',
    'a..b',
    '-a.example',
    'a b',
    'a/b',
    'a?b',
    'a_b',
    '[::1]',
    'a@b',
    'x'.repeat(64),
    '%61',
    '127.0.0.1',
    '1',
  ])('%s is none', (text) => {
    expect(toAsciiDomain(text)).toBeUndefined();
  });
});
