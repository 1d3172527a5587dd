import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { keptSecret } from '../src/kept-secret.ts';

const newFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), 'kept-secret-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
};

test('a secret is made once, is read by its owner alone, and is another one elsewhere', () => {
  const path = join(newFolder(), '.data', 'hash-secret');
  const secret = keptSecret(path);
  expect(secret).toMatch(/^[0-9a-f]{64}$/);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(keptSecret(path)).toBe(secret);
  expect(keptSecret(join(newFolder(), 'hash-secret'))).not.toBe(secret);
});

test('an empty file is not taken for a secret', () => {
  const path = join(newFolder(), 'hash-secret');
  writeFileSync(path, '\n');
  expect(() => keptSecret(path)).toThrow(/is empty/);
});
