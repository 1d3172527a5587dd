import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';

// Biome checks the rest (.biome.json): modules that import each other in a circle, imports of apps, tools and tests by
// what runs in production, and the length of TypeScript files. pnpm checks that no packages depend on each other in a
// circle.

const repository = join(import.meta.dirname, '..');
const read = (pattern: string): Map<string, string> =>
  new Map(
    globSync(pattern, { cwd: repository }).map((file) => [
      file,
      readFileSync(join(repository, file), 'utf8'),
    ]),
  );
const lineCount = (text: string): number => text.split('\n').length - 1;

test('half of the source files have at most 50 lines', () => {
  const lengths = [...read('{apps,packages,tools}/*/src/**/*.{ts,lua}').values()].map(lineCount);
  lengths.sort((a, b) => a - b);
  expect(lengths[Math.floor(lengths.length / 2)]).toBeLessThanOrEqual(50);
});

test('no Lua script has more than 200 lines', () => {
  const scripts = read('{apps,packages,tools}/*/src/**/*.lua');
  expect([...scripts.keys()].filter((file) => lineCount(scripts.get(file) ?? '') > 200)).toEqual([]);
});

test('no folders below a src import each other in a circle', () => {
  const imports = new Map<string, Set<string>>();
  for (const [file, text] of read('{apps,packages,tools}/*/src/*/**/*.ts')) {
    const folder = dirname(file);
    const imported = [...text.matchAll(/ from '(\..*)'/g)].map(([, path]) =>
      dirname(join(folder, path ?? '')),
    );
    const known = imports.get(folder) ?? new Set();
    imports.set(folder, known.union(new Set(imported.filter((other) => other !== folder))));
  }
  expect([...imports.keys()].filter((folder) => reaches(imports, folder, folder))).toEqual([]);
});

const reaches = (imports: Map<string, Set<string>>, from: string, to: string, seen = new Set()): boolean => {
  if (seen.has(from)) return false;
  seen.add(from);
  const next = imports.get(from) ?? new Set<string>();
  return next.has(to) || [...next].some((folder) => reaches(imports, folder, to, seen));
};
