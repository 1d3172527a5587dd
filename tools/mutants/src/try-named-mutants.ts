import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { copyRepository } from './copy-repository.ts';
import type { NamedMutant } from './named-mutant.ts';
import { runTests, type TestFileResult } from './run-tests.ts';

export interface TryOptions {
  concurrency: number;
  /** For the tests, besides the environment of this process. */
  env: Record<string, string>;
  report: (line: string) => void;
}

/**
 * Makes the mutants one after the other in a copy of the repository, of which there are `concurrency`, and runs their tests
 * there. Returns what is wrong, one sentence each.
 *
 * @throws when a test fails without any mutant: what it says of mutants would mean nothing
 */
export const tryNamedMutants = async (
  mutants: readonly NamedMutant[],
  options: TryOptions,
): Promise<string[]> => {
  await requirePassingTests(mutants, options);
  const waiting = [...mutants];
  const faults: string[] = [];
  const work = async () => {
    await using copy = await copyRepository();
    for (let mutant = waiting.shift(); mutant; mutant = waiting.shift()) {
      const found = await tryMutant(copy.path, mutant, options.env);
      options.report(`${found.length === 0 ? 'killed  ' : 'SURVIVED'} ${mutant.name}`);
      faults.push(...found);
    }
  };
  await Promise.all(Array.from({ length: options.concurrency }, work));
  return faults;
};

const requirePassingTests = async (mutants: readonly NamedMutant[], { env, report }: TryOptions) => {
  const files = [...new Set(mutants.flatMap(({ tests }) => tests))];
  report(`${mutants.length} named mutants; first their ${files.length} test files without any`);
  await using copy = await copyRepository();
  const { results, output } = await runTests(copy.path, files, { env });
  const broken = files.flatMap((file) => {
    const { passed, failures } = results.get(file) as TestFileResult;
    return passed + failures.length === 0 ? [`${file} could not be loaded\n${output}`] : failures;
  });
  if (broken.length > 0) throw new Error(`Without a mutant this fails:\n${broken.join('\n')}`);
};

const tryMutant = async (
  copy: string,
  mutant: NamedMutant,
  env: Record<string, string>,
): Promise<string[]> => {
  await using _applied = await applyMutant(copy, mutant);
  // Each file has to notice it by itself: a second one would not come to its turn.
  const stopsAtFailure = mutant.tests.length === 1;
  const { results } = await runTests(copy, mutant.tests, { env, stopsAtFailure });
  return [...results].flatMap(([file, { passed, failures }]) => {
    if (failures.length > 0) return [];
    if (passed > 0) return [`${mutant.name} survives ${file}`];
    return [`${mutant.name} keeps ${file} from being loaded, so that no test says anything about it`];
  });
};

/** The mutant is in the copy until this is disposed of. */
const applyMutant = async (copy: string, { name, file, from, to }: NamedMutant): Promise<AsyncDisposable> => {
  const path = join(copy, file);
  const original = await readFile(path, 'utf8');
  const [before, after, ...more] = original.split(from);
  if (after === undefined || more.length > 0) throw new Error(`${name}: ${file} has not once: ${from}`);
  await writeFile(path, before + to + after);
  return { [Symbol.asyncDispose]: () => writeFile(path, original) };
};
