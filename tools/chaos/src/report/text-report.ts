import { nameOf, type SecondCopy } from '../copies.ts';
import type { Options } from '../options.ts';
import { histogramOf, recoveriesOf } from '../recovery.ts';
import type { Findings } from '../run.ts';
import { legend } from './legend.ts';

/** Returns the findings of a run for a terminal. */
export const textReport = (findings: Findings): string => {
  const { options, faults, verdict, copies, welcomed, audit } = findings;
  const { seed, minutes, perSecond } = options;
  const noted = (names: string[]) => table(countsOf(names));
  const sections = [
    [`chaos: seed ${seed}, ${minutes} min, ${perSecond} sign-ups/s, ${storeOf(options)}`],
    [`Faults: ${faults.length}`, ...noted(faults.map(nameOf))],
    ['Responses', ...table(responsesOf(findings))],
    ['Outcomes of accepted sign-ups', ...table(Object.entries(verdict.outcomes))],
    ['In the service', ...table(serviceOf(findings))],
    [
      `Accepted, but the response was lost: ${verdict.unseen}`,
      ...verdict.unseenIds,
      ...wrapped(legend.unseen),
    ],
    [`Second copies by cause: ${copies.length}`, ...noted(copies.map(causeOf)), ...wrapped(legend.copies)],
    ['From the 202 to the email', ...table(histogramOf(welcomed).map(({ label, count }) => [label, count]))],
    [
      'Recovery, by kind of fault',
      ...recoveryTable(findings),
      ...wrapped(legend.recovery),
      ...wrapped(legend.backoff),
    ],
    ['Audit', audit],
    verdict.broken.length === 0
      ? ['Every promise was kept.']
      : [`PROMISES WERE BROKEN: ${verdict.broken.length}`, ...verdict.broken],
  ];
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`;
};

const where: Record<Options['store'], string> = {
  redis: '',
  cluster: 'on a Redis Cluster, ',
  postgres: 'on PostgreSQL, ',
};

export const storeOf = ({ store, appendfsync, shards }: Options): string =>
  `${where[store]}${shards > 1 ? `${shards} shards, ` : ''}appendfsync ${appendfsync}`;

export const responsesOf = ({ verdict }: Findings): [string, number][] => [
  ['accepted (202)', verdict.accepted],
  ...Object.entries(verdict.refused).map(([status, count]): [string, number] => [
    `refused (${status})`,
    count,
  ]),
  ['no response', verdict.noResponse],
];

export const serviceOf = ({ verdict, copies, options }: Findings): [string, number][] => [
  ['users', verdict.users],
  ['messages received', verdict.messages],
  ['second copies among them', copies.length],
  ['lost', verdict.lost.length],
  ...(options.store !== 'postgres' && options.appendfsync === 'everysec'
    ? [['may be lost with everysec', verdict.mayBeLost] satisfies [string, number]]
    : []),
  ['accepted, but the response was lost', verdict.unseen],
];

export const causeOf = ({ causes }: SecondCopy): string => causes.join(', ') || 'no fault at that time';

/** Counts equal names, and returns the most frequent one first. */
export const countsOf = (names: string[]): [string, number][] =>
  [...Map.groupBy(names, (name) => name)]
    .map(([name, all]): [string, number] => [name, all.length])
    .sort(([, one], [, other]) => other - one);

const table = (rows: [string, number][]): string[] =>
  rows.map(([name, count]) => `${String(count).padStart(8)}  ${name}`);

/** Marks a text as an explanation, and breaks it into lines for a terminal. */
const wrapped = (text: string): string[] =>
  [...text.matchAll(/(\S.{0,95})(?: |$)/g)].map(([, line]) => `  | ${line}`);

const recoveryTable = ({ faults, welcomed }: Findings): string[] =>
  recoveriesOf(faults, welcomed).map(({ name, count, medianMs, worstMs }) => {
    const [worst, median] = [worstMs, medianMs].map((ms) => `${(ms / 1_000).toFixed(1)} s`.padStart(8));
    return `${worst}  worst,${median} median, of ${String(count).padStart(3)}  ${name}`;
  });
