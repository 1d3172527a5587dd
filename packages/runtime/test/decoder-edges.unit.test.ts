import { describe, expect, test } from 'vitest';
import {
  type Decoder,
  duration,
  EnvironmentError,
  parseSmtpUrl,
  rate,
  readEnvironment,
  toAsciiDomain,
  variable,
} from '../src/index.ts';

const context = { isProduction: true };

describe('a value', () => {
  test.for<[string, Decoder<unknown>]>([
    ['5minutes', duration],
    ['8sec', duration],
    ['5m\n', duration],
    ['5/1m,6/1m', rate],
    ['5/1m/1m', rate],
    ['5/1m ', rate],
    ['15/05m', rate],
  ])('is not believed by its beginning: %j', ([text, decode]) => {
    expect(() => decode(text, context)).toThrow(/^must be a number/);
  });

  test.for([
    ['5/10m', 600_000],
    ['5/500ms', 500],
  ] as const)('is read to its end: %s', ([text, durationMs]) => {
    expect(rate(text, context)).toEqual({ max: 5, durationMs });
  });

  test('is a domain with at most 253 characters', () => {
    const longest = `${`${'a'.repeat(61)}.`.repeat(4)}${'b'.repeat(5)}`;
    expect(longest).toHaveLength(253);
    expect(toAsciiDomain(longest)).toBe(longest);
    expect(toAsciiDomain(`${longest}b`)).toBeUndefined();
  });
});

test.for(['pass%20word', 'a'.repeat(31), '(secret', 'secret)'])(
  'a parameter is not named if its name may be a part of a password: %s',
  (name) => {
    expect(() => parseSmtpUrl(`smtp://localhost?${name}=x`)).toThrow(/^has an unknown parameter: /);
  },
);

describe('a fault', () => {
  const failing = (name: string, error: Error) =>
    variable({
      name,
      decode: () => {
        throw error;
      },
      required: 'always',
      meaning: 'anything',
    });

  test('that is not of the environment is thrown as it is', () => {
    const bug = new TypeError('a bug');
    expect(() => readEnvironment({ a: failing('A', bug) }, { A: 'x' })).toThrow(bug);
  });

  test('stands on a line of its own', () => {
    const faults = new EnvironmentError(['A is missing', 'B is missing']);
    expect(String(faults)).toBe(
      'EnvironmentError: The environment is not valid:\n  A is missing\n  B is missing',
    );
  });
});
