import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Findings } from '../run.ts';
import { htmlReport } from './html-report.ts';
import { textReport } from './text-report.ts';

/** Writes `seed-N.txt` and `seed-N.html`, replaces those of an earlier run, and returns the path of the page. */
export const writeReport = async (findings: Findings): Promise<string> => {
  const { report, seed } = findings.options;
  await mkdir(report, { recursive: true });
  const page = join(report, `seed-${seed}.html`);
  await writeFile(join(report, `seed-${seed}.txt`), textReport(findings));
  await writeFile(page, htmlReport(findings));
  return page;
};
