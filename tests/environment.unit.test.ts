import { EnvironmentError, readEnvironment } from '@backend-jobs/runtime';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { variablesOf } from './support/declarations.ts';

/** Something that no message says by itself. */
const canary = 'zq7x';

const beginnings = [
  '',
  'redis://',
  'smtp://',
  'smtps://us:',
  'redis://us:12',
  '{',
  'us@',
  '"',
  '10.0.0.0/',
  '5/',
];
const endings = [
  '',
  '@localhost',
  '@localhost:25',
  '/0',
  '?requireTLS=true',
  '}',
  '>',
  ':80',
  'd',
  ',loopback',
];

const anyValue = fc
  .tuple(
    fc.constantFrom(...beginnings),
    fc.string({ unit: 'binary' }),
    fc.string(),
    fc.constantFrom(...endings),
  )
  .map(([beginning, left, right, ending]) => `${beginning}${left}${canary}${right}${ending}`);

describe.for(Object.entries(variablesOf))('the environment of %s', ([, variables]) => {
  const names = Object.values(variables)
    .flatMap(({ declarations }) => declarations)
    .flatMap(({ name }) => [name, `${name}_FILE`]);
  const anyEnvironment = fc.dictionary(fc.constantFrom(...names), anyValue, { maxKeys: 6 });

  test('is read, or refused with a message that holds no value, whatever it is', () => {
    fc.assert(
      fc.property(anyEnvironment, fc.boolean(), (environment, isProduction) => {
        try {
          readEnvironment(variables, isProduction ? { ...environment, NODE_ENV: 'production' } : environment);
        } catch (error) {
          expect(error).toBeInstanceOf(EnvironmentError);
          const { message } = error as EnvironmentError;
          for (const value of Object.values(environment)) expect(message).not.toContain(value);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe.for([
  ['SMTP_URL', 'smtp://us:', '@mail.example'],
  ['REDIS_URL', 'rediss://us:', '@redis.example/3'],
])('a password that is not percent-encoded in %s', ([name = '', before, after]) => {
  test('is in no message', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (left, right) => {
        const environment = { [name]: `${before}${left}${canary}${right}${after}` };
        try {
          readEnvironment(variablesOf.worker, environment);
        } catch (error) {
          expect(error).toBeInstanceOf(EnvironmentError);
          expect((error as EnvironmentError).message).not.toContain(canary);
        }
      }),
      { numRuns: 500 },
    );
  });
});
