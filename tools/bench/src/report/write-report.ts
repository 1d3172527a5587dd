import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Report, toMarkdown } from './markdown.ts';
import { drawPictures } from './pictures.ts';

const titles: Record<string, string> = {
  contenders: 'Throughput and latency by contender',
  backlog: 'Rate over backlog',
};

/** Writes the page, its pictures and the figures as JSON to `folder`, and answers the files' names. */
export const writeReport = async (report: Report, folder: string): Promise<string[]> => {
  const pictures = Object.entries(drawPictures(report.findings)).map(([name, svg]) => ({
    title: titles[name] ?? name,
    file: `benchmarks-${name}.svg`,
    content: `${svg}\n`,
  }));
  const links = Object.fromEntries(pictures.map(({ title, file }) => [title, file]));
  const files = [
    { file: 'benchmarks.md', content: toMarkdown(report, links) },
    { file: 'benchmarks.json', content: `${JSON.stringify(report, null, 2)}\n` },
    ...pictures,
  ];
  await mkdir(folder, { recursive: true });
  for (const { file, content } of files) await writeFile(join(folder, file), content);
  return files.map(({ file }) => file);
};
