import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { repository } from '../src/copy-repository.ts';
import { namedMutants } from '../src/named-mutants.ts';

const read = (file: string) => readFileSync(join(repository, file), 'utf8');

/** What stands in backticks in a part of a text. */
const quoted = (text = ''): string[] => [...text.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word);

/** Each threat of `docs/security.md`, with the tests and the mutants that it names. */
const threats = read('docs/security.md')
  .split(/^## /m)
  .filter((chapter) => !chapter.startsWith('Supply chain'))
  .flatMap((chapter) => chapter.split(/^- (?=\*\*)/m).slice(1))
  .map((entry) => {
    const [, title = ''] = /^\*\*(.*?)\*\*/s.exec(entry) ?? [];
    const [, tests, mutants] = /\bTests?:(.*?)(?:\bMutants?:(.*?))?(?:\n\n|$)/s.exec(entry) ?? [];
    return { title, tests: quoted(tests), mutants: quoted(mutants) };
  });

const testFiles = new Set(
  globSync(['tests/*.test.ts', '{apps,packages,tools}/*/test/**/*.test.ts'], { cwd: repository }).map(
    (file) => file.replace(/.*\//, '').replace(/(\.unit)?\.test\.ts$/, ''),
  ),
);

describe('docs/security.md', () => {
  test.for(threats)('names tests that exist, and mutants: $title', ({ tests, mutants }) => {
    expect(tests.length).toBeGreaterThan(0);
    expect(tests.filter((name) => !testFiles.has(name))).toEqual([]);
    expect(mutants.length).toBeGreaterThan(0);
  });

  test('names every mutant that there is, and no other', () => {
    const named = new Set(threats.flatMap(({ mutants }) => mutants));
    expect([...named].sort()).toEqual(namedMutants.map(({ name }) => name).sort());
  });
});

describe('a named mutant', () => {
  test.for(namedMutants)('$name changes one place, and names tests that exist', (mutant) => {
    expect(read(mutant.file).split(mutant.from)).toHaveLength(2);
    expect(mutant.to).not.toBe(mutant.from);
    expect(mutant.tests.filter((file) => !existsSync(join(repository, file)))).toEqual([]);
  });

  test.for(namedMutants)('$name is killed by a test that its threat names', ({ name, tests }) => {
    const naming = threats.filter(({ mutants }) => mutants.includes(name)).flatMap((threat) => threat.tests);
    const own = tests.map((file) => file.replace(/.*\//, '').replace(/(\.unit)?\.test\.ts$/, ''));
    expect(own.filter((test) => !naming.includes(test))).toEqual([]);
  });
});
