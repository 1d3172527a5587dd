import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Findings } from '../run.ts';
import { htmlReport } from './html-report.ts';
import { textReport } from './text-report.ts';

/** Writes `seed-N.txt` and `seed-N.html` (`postgres-seed-N` for a run on PostgreSQL), replaces those of an earlier run, and returns the path of the page. */
export const writeReport = async (findings: Findings): Promise<string> => {
  const { report, seed, store } = findings.options;
  const name = `${store === 'postgres' ? 'postgres-' : ''}seed-${seed}`;
  await mkdir(report, { recursive: true });
  const page = join(report, `${name}.html`);
  await writeFile(join(report, `${name}.txt`), textReport(findings));
  await writeFile(page, htmlReport(findings));
  return page;
};
