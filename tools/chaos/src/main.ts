import { readOptions } from './options.ts';
import { textReport } from './report/text-report.ts';
import { writeReport } from './report/write-report.ts';
import { runChaos } from './run.ts';

// The exit code is 0 if every promise was kept, 1 if one was broken, and 2 if the run failed.
const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => stopping.abort(new Error(`Ended by ${signal}`)));
}
// Standard output is for the report only.
const report = (line: string) => process.stderr.write(`chaos: ${line}\n`);

try {
  const findings = await runChaos(readOptions(process.argv.slice(2)), stopping, report);
  process.stdout.write(textReport(findings));
  process.stdout.write(`\nReport: ${await writeReport(findings)}\n`);
  process.exitCode = findings.verdict.broken.length === 0 ? 0 : 1;
} catch (error) {
  report(error instanceof Error ? error.message : String(error));
  process.exitCode = 2;
}
