import { connections, crowdConnections } from '../load/load.ts';
import type { Environment } from './environment.ts';
import type { Finding } from './finding.ts';
import { formatFigure, formatRange, formatTarget, isMet } from './format.ts';

export interface Report extends Environment {
  takenAt: string;
  /** Shows that everything runs, and no more. */
  isScaledDown: boolean;
  rounds: number;
  findings: Finding[];
}

/** The page. `pictures` are the files beside it, by what they show. */
export const toMarkdown = (report: Report, pictures: Record<string, string>): string => {
  const { takenAt, isScaledDown, rounds, findings, machine, versions } = report;
  return `${[
    '# Benchmarks',
    `\`npm run bench\` made this page on ${takenAt.slice(0, 10)}, and makes it anew on your machine. Medians, with the lowest and the highest; where contenders are compared, of ${rounds} rounds, and a ratio is taken round by round. The figures are in [benchmarks.json](benchmarks.json), too.`,
    ...(isScaledDown ? ['**Scaled down**: small numbers and one round, whose figures say little.'] : []),
    '## Beside the targets',
    toTable(['', 'figure', 'measured', 'rounds', 'target', ''], findings.map(toTargetRow)),
    '## What was measured',
    toTable(['', 'what', 'who', 'median', 'rounds'], findings.flatMap(toSeriesRows)),
    ...Object.entries(pictures).map(([title, file]) => `![${title}](${file})`),
    '## The machine',
    toList(machine),
    '## The versions',
    toList(versions),
    '## The method',
    method,
    '## The contenders',
    contenders,
  ].join('\n\n')}\n`;
};

/** For a terminal. */
export const toText = (findings: readonly Finding[]): string =>
  findings.flatMap((finding) => [targetLine(finding), ...finding.series.map(seriesLine)]).join('\n');

const targetLine = (finding: Finding): string => {
  const [id = '', title = '', measured = '', range = '', target = '', met = ''] = toTargetRow(finding);
  return `${id.padStart(2)}  ${title}: ${measured} ${range && `(${range})`} target ${target}: ${met}`;
};

const seriesLine = ({ name, unit, spread }: Finding['series'][number]): string =>
  `      ${name.padEnd(24)} ${formatFigure(spread.median, unit)} ${formatRange(spread)}`;

const toTargetRow = (finding: Finding): string[] => {
  const { id, title, figure, target } = finding;
  return [
    String(id),
    title,
    formatFigure(figure.spread.median, figure.unit),
    formatRange(figure.spread),
    formatTarget(target, figure.unit),
    isMet(finding) ? 'met' : 'missed',
  ];
};

const toSeriesRows = ({ id, title, series }: Finding): string[][] =>
  series.map(({ name, unit, spread }, index) => [
    ...(index === 0 ? [String(id), title] : ['', '']),
    ...[name, formatFigure(spread.median, unit), formatRange(spread)],
  ]);

const toTable = (head: string[], rows: string[][]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

const toList = (facts: Record<string, string>): string =>
  Object.entries(facts)
    .map(([name, fact]) => `- ${name}: ${fact}`)
    .join('\n');

const method = `1. Each contender runs in processes of its own, by turns (A B C, A B C …), on one Node and one private Redis: append-only file on, \`everysec\`, rewritten and emptied between the turns.
2. The load comes from one more process (${connections} connections, in figure 22 ${crowdConnections}; every sign-up somebody else). Where accepting alone is measured, each contender is first loaded for 3 s, all of them alike, and the first second of a turn does not count. The load writes to bare sockets and takes about as little as \`wrk\` does; figure 21 has how much. An answer that is not 202 fails the run. Logs are written, to nowhere.
3. Mail goes to a sink in a process of its own, which accepts everything, and whose clock says when. End to end, people sign up over HTTP while a worker process that has mailed 1,500 before holds still (SIGSTOP); the time runs from when it goes on (SIGCONT) to the last message. Each has to come once, and no job may fail.
4. Processor time is that of all threads of an API or a worker, and of Redis' main thread (\`INFO cpu\`), divided by the sign-ups of the turn. That of an API and of the load is for a request. A worker's runs from when it goes on until the last job is done; Redis' own time for a sign-up, and the bytes of its append-only file, run from the first of those requests. Backlogs are filled through the flow's own producer, and drained to the end: the deepest once, the small ones before and after it.
5. In figures 13 and 14, the processor time of a request is taken over 2,000 sign-ups a turn; of 8 turns in each round the cheapest counts. A collector takes the traces; what a scrape costs is told apart, since it comes every 15 s however many requests there are.
6. With PostgreSQL: a private one that waits for the disk (\`fsync\` and \`synchronous_commit\` on), in the same turns, on the same Redis. Processor time is that of the API, or of the worker, with all threads of Redis and all processes of PostgreSQL, for one sign-up. The tables have been analyzed after the warm-up, as PostgreSQL does it by itself within a minute; the filled ones begin with people of a year, and addresses come in no order.
7. Load, services, databases and sink share the processors of one machine: the ratios say more than the figures.`;

const contenders = `- **ours**: the API and the worker of this repository with \`NODE_ENV=production\`, all checks on. **before**, if it is there, is another checkout of it.
- **express-bull**: Express 5, Bull 4 and nodemailer as the usual tutorial has it, this system's first shape. At its defaults it does one job of each kind at a time, and opens a connection for each email; with 50 at once its transport is pooled, with as many connections.
- **express-dutiful**: what a careful team would write. Express 5 with helmet, pino-http (a line for each request, without its headers), express-rate-limit with its Redis store, zod, a look-up of the address in Redis, problems for 400, 409 and 429, BullMQ with the queues of bullmq-chain, nodemailer with a pool. It has no idempotency keys, and no record of an email: a worker that dies sends some twice.
- **bullmq-chain**: Fastify and BullMQ, two plain queues without a flow, retries, nodemailer with a pool.
- **express-graphile**: the same Express route, with graphile-worker in PostgreSQL and no Redis, set up as its own page on performance advises: a local queue of 500 jobs, completions in batches, prepared statements, as many jobs at once (50 for each of the two kinds) and one connection more, nodemailer with a pool of 50. One statement makes the user and adds the email's job.
- **fastify-ceiling**: a Fastify route with our body and our schema, which does nothing.`;
