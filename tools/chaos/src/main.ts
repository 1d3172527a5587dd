import { readOptions } from './options.ts';
import { textReport } from './report/text-report.ts';
import { writeReport } from './report/write-report.ts';
import { runChaos } from './run.ts';

/** Exit code 0: every promise was kept; 1: one was not; 2: it could not be found out. */
const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => stopping.abort(new Error(`Ended by ${signal}`)));
}
// Not to the standard output: that is the report's.
const tell = (line: string) => process.stderr.write(`chaos: ${line}\n`);

try {
  const findings = await runChaos(readOptions(process.argv.slice(2)), stopping, tell);
  process.stdout.write(textReport(findings));
  process.stdout.write(`\nTo look at: ${await writeReport(findings)}\n`);
  process.exitCode = findings.verdict.broken.length === 0 ? 0 : 1;
} catch (error) {
  tell(error instanceof Error ? error.message : String(error));
  process.exitCode = 2;
}
