import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Type } from '@sinclair/typebox';
import { describe, expect, test } from 'vitest';
import { EnvironmentError, readEnvironment, toMs, untilDeadline } from '../src/index.ts';

const schema = Type.Object({
  PORT: Type.Integer({ minimum: 0, maximum: 65_535, default: 3000 }),
  REDIS_URL: Type.String({ pattern: '^rediss?://.' }),
  ADMIN_PASSWORD: Type.Optional(Type.String({ minLength: 12 })),
});

describe('readEnvironment', () => {
  test('turns strings into what the schema declares, and fills in defaults', () => {
    expect(readEnvironment(schema, { REDIS_URL: 'redis://localhost', PORT: '80' })).toEqual({
      PORT: 80,
      REDIS_URL: 'redis://localhost',
    });
    expect(readEnvironment(schema, { REDIS_URL: 'redis://localhost' }).PORT).toBe(3000);
  });

  test('names every fault at once, and shows no value', () => {
    const read = () => readEnvironment(schema, { PORT: 'many', ADMIN_PASSWORD: 'tiny-secret' });
    expect(read).toThrow(EnvironmentError);
    expect(read).toThrow(/PORT must be integer/);
    expect(read).toThrow(/REDIS_URL is missing/);
    expect(read).toThrow(/ADMIN_PASSWORD must NOT have fewer than 12 characters/);
    expect(read).not.toThrow(/tiny-secret/);
  });

  test('reads a secret from the file that its variable names', () => {
    const folder = mkdtempSync(join(tmpdir(), 'environment-'));
    writeFileSync(join(folder, 'password'), 'from-a-file-1\n');
    const environment = { REDIS_URL: 'redis://x', ADMIN_PASSWORD_FILE: join(folder, 'password') };
    expect(readEnvironment(schema, environment).ADMIN_PASSWORD).toBe('from-a-file-1');
    const both = { ...environment, ADMIN_PASSWORD: 'another' };
    expect(() => readEnvironment(schema, both)).toThrow(/both set/);
    rmSync(folder, { recursive: true });
  });

  test('takes a variable that is set to nothing as not set', () => {
    expect(readEnvironment(schema, { REDIS_URL: 'redis://x', PORT: '', ADMIN_PASSWORD: '' })).toEqual({
      PORT: 3000,
      REDIS_URL: 'redis://x',
    });
  });
});

test.for([
  ['500ms', 500],
  ['8s', 8_000],
  ['24h', 86_400_000],
] as const)('%s is %d ms', ([duration, ms]) => {
  expect(toMs(duration)).toBe(ms);
});

describe('untilDeadline', () => {
  test('says whether the work was done in time', async () => {
    expect(await untilDeadline(Promise.resolve(), 1_000)).toBe(true);
    expect(await untilDeadline(new Promise(() => {}), 10)).toBe(false);
  });

  test('throws what the work throws', async () => {
    await expect(untilDeadline(Promise.reject(new Error('broken')), 1_000)).rejects.toThrow('broken');
  });
});
