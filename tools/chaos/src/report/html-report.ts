import { Eta } from 'eta';
import { nameOf } from '../copies.ts';
import { histogramOf, recoveriesOf } from '../recovery.ts';
import type { Findings } from '../run.ts';
import { legend } from './legend.ts';
import { causeOf, countsOf, responsesOf, serviceOf, storeOf } from './text-report.ts';
import { clock, timelineOf } from './timeline.ts';

const templates = new Eta({
  views: new URL('./templates', import.meta.url).pathname,
  autoEscape: true,
  autoTrim: [false, 'nl'],
});

/** Returns the findings of a run as an HTML page without external parts. */
export const htmlReport = (findings: Findings): string => {
  const { options, startedAtMs, faults, verdict, copies, welcomed, audit } = findings;
  const atOf = (atMs: number) => clock((atMs - startedAtMs) / 1_000);
  const seconds = (ms: number) => (ms / 1_000).toFixed(1);
  return templates.render('./page.html.eta', {
    options,
    store: storeOf(options),
    verdict,
    legend,
    audit,
    seconds,
    startedAt: new Date(startedAtMs).toISOString(),
    tiles: [...responsesOf(findings), ...serviceOf(findings)],
    timeline: timelineOf(findings),
    histogram: histogramOf(welcomed),
    recoveries: recoveriesOf(faults, welcomed),
    outcomes: Object.entries(verdict.outcomes),
    causes: countsOf(copies.map(causeOf)),
    faultCounts: countsOf(faults.map(nameOf)),
    faults: faults.map((fault) => ({
      ...fault,
      at: atOf(fault.startedAtMs),
      repaired: atOf(fault.repairedAtMs),
    })),
    copies: copies.map((copy) => ({
      id: copy.id,
      cause: causeOf(copy),
      earlierAt: atOf(copy.earlierAtMs),
      at: atOf(copy.atMs),
    })),
  });
};
