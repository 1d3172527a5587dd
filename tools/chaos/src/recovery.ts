import { nameOf } from './copies.ts';
import type { InjectedFault } from './inject.ts';
import type { SignUpAttempt } from './load.ts';
import type { Outcome } from './outcomes.ts';

/** A sign-up whose welcome was sent. The client measured the first time, and the worker the second. */
export interface Welcomed {
  acceptedAtMs: number;
  sentAtMs: number;
}

export const welcomedOf = (attempts: SignUpAttempt[], outcomes: Map<string, Outcome>): Welcomed[] =>
  attempts.flatMap(({ id, respondedAtMs: acceptedAtMs }) => {
    const sentAt = outcomes.get(id ?? '')?.welcomeEmail?.sentAt;
    return sentAt ? { acceptedAtMs, sentAtMs: Date.parse(sentAt) } : [];
  });

export interface Bucket {
  label: string;
  count: number;
}

const boundsS = [0.1, 0.5, 1, 2, 5, 10, 15, 30];

/** Counts the sign-ups by the time between the 202 and the sending of the email. */
export const histogramOf = (welcomed: Welcomed[]): Bucket[] => {
  const waitsS = welcomed.map(({ acceptedAtMs, sentAtMs }) => (sentAtMs - acceptedAtMs) / 1_000);
  const last = boundsS.at(-1) ?? 0;
  const buckets = boundsS.map((boundS, index) => {
    const fromS = boundsS[index - 1] ?? Number.NEGATIVE_INFINITY;
    const count = waitsS.filter((waitS) => waitS >= fromS && waitS < boundS).length;
    return { label: `< ${boundS} s`, count };
  });
  return [...buckets, { label: `≥ ${last} s`, count: waitsS.filter((waitS) => waitS >= last).length }];
};

export interface Recovery {
  name: string;
  count: number;
  /** How many of these faults delayed an email. */
  noticed: number;
  medianMs: number;
  worstMs: number;
}

/**
 * Returns, for each kind of fault, how long after the repair (or, for an ended process, after its end) the
 * last email was sent to the people who had signed up by then and were still waiting when the fault began.
 * Other faults at the same time are included.
 */
export const recoveriesOf = (faults: InjectedFault[], welcomed: Welcomed[]): Recovery[] =>
  [...Map.groupBy(faults, nameOf)]
    .map(([name, ofKind]) => {
      const tookMs = ofKind.map((fault) => recoveryMs(fault, welcomed)).sort((one, other) => one - other);
      const medianMs = tookMs[Math.floor((tookMs.length - 1) / 2)] ?? 0;
      const noticed = tookMs.filter((ms) => ms > 0).length;
      return { name, count: ofKind.length, noticed, medianMs, worstMs: tookMs.at(-1) ?? 0 };
    })
    .sort((one, other) => other.worstMs - one.worstMs);

const recoveryMs = ({ startedAtMs, recoversFromMs }: InjectedFault, welcomed: Welcomed[]): number =>
  welcomed
    .filter(({ acceptedAtMs, sentAtMs }) => acceptedAtMs <= recoversFromMs && sentAtMs > startedAtMs)
    .reduce((worst, { sentAtMs }) => Math.max(worst, sentAtMs - recoversFromMs), 0);
