import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  anyText,
  combineVariables,
  EnvironmentError,
  InvalidValue,
  integer,
  readEnvironment,
  timeout,
  variable,
} from '../src/index.ts';

const port = variable({
  name: 'PORT',
  decode: integer({ min: 0, max: 65_535 }),
  default: '3000',
  meaning: 'the port',
});
const redis = variable({ name: 'REDIS_URL', decode: anyText, required: 'always', meaning: 'the Redis' });
const password = variable({
  name: 'PASSWORD',
  decode: (text, { isProduction }) => {
    if (isProduction && text.length < 12) throw new InvalidValue('must have at least 12 characters');
    return text;
  },
  required: 'in production',
  meaning: 'the password',
});
const variables = { port, redis, password };

describe('readEnvironment', () => {
  test('decodes what is set, and the default of what is not', () => {
    expect(readEnvironment(variables, { REDIS_URL: 'here', PORT: '80', PASSWORD: 'tiny' })).toEqual({
      port: 80,
      redis: 'here',
      password: 'tiny',
    });
    expect(readEnvironment(variables, { REDIS_URL: 'here' })).toEqual({
      port: 3000,
      redis: 'here',
      password: undefined,
    });
  });

  test('requires in production what is required there alone', () => {
    const read = () => readEnvironment(variables, { NODE_ENV: 'production', REDIS_URL: 'here' });
    expect(read).toThrow(new EnvironmentError(['PASSWORD is missing']));
  });

  test('takes a variable that is set to nothing as not set', () => {
    const environment = { REDIS_URL: 'here', PORT: '', PASSWORD: '', PASSWORD_FILE: '' };
    expect(readEnvironment(variables, environment)).toMatchObject({ port: 3000, password: undefined });
  });

  test('names every fault at once, one line each, and shows no value', () => {
    const environment = { NODE_ENV: 'production', PORT: 'many', PASSWORD: 'tiny-secret' };
    expect(() => readEnvironment(variables, environment)).toThrow(
      new EnvironmentError([
        'PORT must be a whole number from 0 to 65535',
        'REDIS_URL is missing',
        'PASSWORD must have at least 12 characters',
      ]),
    );
  });

  test('asks in production alone for what is required there', () => {
    const environment = { NODE_ENV: 'production', REDIS_URL: 'here' };
    expect(() => readEnvironment(variables, environment)).toThrow(/^ {2}PASSWORD is missing$/m);
  });
});

describe('a variable that names a file', () => {
  let folder: string;
  const write = (name: string, content: string) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'environment-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  const read = (environment: Record<string, string>) =>
    readEnvironment(variables, { REDIS_URL: 'here', ...environment });

  test('has what the file holds, without the line break at its end', () => {
    expect(read({ PASSWORD_FILE: write('password', 'from-a-file\n') }).password).toBe('from-a-file');
  });

  test('is decoded like any other', () => {
    expect(() => read({ PORT_FILE: write('port', 'many') })).toThrow(/PORT must be a whole number/);
  });

  test('must not be set as well', () => {
    const both = { PASSWORD: 'another', PASSWORD_FILE: write('password', 'from-a-file') };
    expect(() => read(both)).toThrow(/PASSWORD and PASSWORD_FILE are both set: keep one/);
  });

  test('is a fault beside the others when the file is empty or not there, and the path is not shown', () => {
    const environment = { PORT_FILE: write('empty', '\n'), PASSWORD_FILE: join(folder, 'nowhere') };
    expect(() => read(environment)).toThrow(
      new EnvironmentError([
        'PORT_FILE names a file that is empty',
        'PASSWORD_FILE names a file that can not be read',
      ]),
    );
  });
});

describe('combineVariables', () => {
  const idleMs = variable({ name: 'IDLE', decode: timeout, default: '1s', meaning: 'a part' });
  const wholeMs = variable({ name: 'WHOLE', decode: timeout, default: '2s', meaning: 'the whole' });
  const both = combineVariables({ idleMs, wholeMs }, (values) => {
    if (values.idleMs > values.wholeMs) throw new EnvironmentError(['IDLE must not be longer than WHOLE']);
    return values.wholeMs - values.idleMs;
  });

  test('makes one value of several variables', () => {
    expect(readEnvironment({ both }, { WHOLE: '10s' }).both).toBe(9_000);
    expect(both.declarations.map(({ name }) => name)).toEqual(['IDLE', 'WHOLE']);
  });

  test('names that they do not fit together, beside all other faults', () => {
    const environment = { IDLE: '3s' };
    expect(() => readEnvironment({ both, redis }, environment)).toThrow(
      new EnvironmentError(['IDLE must not be longer than WHOLE', 'REDIS_URL is missing']),
    );
  });

  test('names a fault once in a variable that is part of more than one value', () => {
    const fault = /^ {2}WHOLE must be/gm;
    try {
      readEnvironment({ both, wholeMs }, { WHOLE: 'long' });
      expect.unreachable();
    } catch (error) {
      expect((error as Error).message.match(fault)).toHaveLength(1);
    }
  });
});
