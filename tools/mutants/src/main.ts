import { availableParallelism } from 'node:os';
import { startRedis } from '@backend-jobs/local-services';
import { namedMutants } from './named-mutants.ts';
import { runStryker } from './run-stryker.ts';
import { tryNamedMutants } from './try-named-mutants.ts';

// `npm run mutants` tries all mutants; with names behind it (`npm run mutants -- everybody-is-a-proxy`) only these.
// MUTANTS_CONCURRENCY says how many at once; by default as many as there are cores, and one more of the named ones, whose
// tests wait for much.
const names = process.argv.slice(2);
const concurrency = Number(process.env.MUTANTS_CONCURRENCY || availableParallelism());
const namedConcurrency = Number(process.env.MUTANTS_CONCURRENCY || availableParallelism() + 1);
const report = (line: string) => void process.stdout.write(`mutants: ${line}\n`);

/** @throws when there is no mutant of one of the names */
const choose = () => {
  const unknown = names.filter((name) => !namedMutants.some((mutant) => mutant.name === name));
  if (unknown.length > 0) throw new Error(`There is no mutant named ${unknown.join(' or ')}`);
  return namedMutants.filter(({ name }) => names.length === 0 || names.includes(name));
};

// The exit code is 0 if enough mutants were killed, 1 if not, and 2 if the run failed.
try {
  await using stack = new AsyncDisposableStack();
  const redis = await startRedis();
  stack.defer(() => redis.stop());
  // The tests find this Redis by its variable: starting one for each mutant would take long.
  const env = { REDIS_URL: redis.url };
  const faults = await tryNamedMutants(choose(), { concurrency: namedConcurrency, env, report });
  for (const fault of faults) report(fault);
  const isScoreReached = names.length > 0 || (await runStryker(concurrency, env));
  process.exitCode = faults.length === 0 && isScoreReached ? 0 : 1;
} catch (error) {
  report(error instanceof Error ? error.message : String(error));
  process.exitCode = 2;
}
