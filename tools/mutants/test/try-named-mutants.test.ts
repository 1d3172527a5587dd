import { expect, test, vi } from 'vitest';
import type { NamedMutant } from '../src/named-mutant.ts';
import { tryNamedMutants } from '../src/try-named-mutants.ts';

const file = 'packages/runtime/src/keyed-hash.ts';
const hashTest = 'packages/runtime/test/keyed-hash.unit.test.ts';

// Each mutant is a run of its own.
vi.setConfig({ testTimeout: 120_000 });

test('mutants that no test notices are named, and those that only keep a test from running', async () => {
  const mutants: NamedMutant[] = [
    {
      name: 'deadly',
      file,
      from: 'byte ^ 0x36',
      to: 'byte ^ 0x37',
      tests: [hashTest],
    },
    { name: 'harmless', file, from: 'Makes the hashes', to: 'Makes hashes', tests: [hashTest] },
    { name: 'unreadable', file, from: 'export const', to: 'export const const', tests: [hashTest] },
  ];
  const lines: string[] = [];
  const report = (line: string) => void lines.push(line);
  const faults = await tryNamedMutants(mutants, { concurrency: 1, env: {}, report });
  expect(faults).toEqual([
    `harmless survives ${hashTest}`,
    `unreadable keeps ${hashTest} from being loaded, so that no test says anything about it`,
  ]);
  expect(lines.slice(1)).toEqual(['killed   deadly', 'SURVIVED harmless', 'SURVIVED unreadable']);
});

test('a mutant whose place is no longer there is an error', async () => {
  const gone = { name: 'gone', file, from: 'nowhere', to: '', tests: [hashTest] };
  const options = { concurrency: 1, env: {}, report: () => {} };
  await expect(tryNamedMutants([gone], options)).rejects.toThrow(/^gone: .* has not once: nowhere$/);
});
