import { nameOf } from './copies.ts';
import type { InjectedFault } from './inject.ts';
import type { Ask } from './load.ts';
import type { Outcome } from './outcomes.ts';

/** A sign-up whose welcome was sent, by the clocks of the client who saw the 202 and of the worker. */
export interface Welcomed {
  acceptedAtMs: number;
  sentAtMs: number;
}

export const welcomedOf = (asks: Ask[], outcomes: Map<string, Outcome>): Welcomed[] =>
  asks.flatMap(({ id, answeredAtMs: acceptedAtMs }) => {
    const sentAt = outcomes.get(id ?? '')?.welcomeEmail?.sentAt;
    return sentAt ? { acceptedAtMs, sentAtMs: Date.parse(sentAt) } : [];
  });

export interface Bucket {
  label: string;
  count: number;
}

const boundsS = [0.1, 0.5, 1, 2, 5, 10, 15, 30];

/** How many were sent how long after their 202. */
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
  /** How many of them kept somebody waiting. */
  felt: number;
  medianMs: number;
  worstMs: number;
}

/**
 * By kind of fault: how long after it was mended, or a process killed, the last of those was welcomed who had signed up
 * by then and were not welcomed when it began. What broke meanwhile counts in.
 */
export const recoveriesOf = (faults: InjectedFault[], welcomed: Welcomed[]): Recovery[] =>
  [...Map.groupBy(faults, nameOf)]
    .map(([name, ofKind]) => {
      const tookMs = ofKind.map((fault) => recoveryMs(fault, welcomed)).sort((one, other) => one - other);
      const medianMs = tookMs[Math.floor((tookMs.length - 1) / 2)] ?? 0;
      const felt = tookMs.filter((ms) => ms > 0).length;
      return { name, count: ofKind.length, felt, medianMs, worstMs: tookMs.at(-1) ?? 0 };
    })
    .sort((one, other) => other.worstMs - one.worstMs);

const recoveryMs = ({ startedAtMs, healsFromMs }: InjectedFault, welcomed: Welcomed[]): number =>
  welcomed
    .filter(({ acceptedAtMs, sentAtMs }) => acceptedAtMs <= healsFromMs && sentAtMs > startedAtMs)
    .reduce((worst, { sentAtMs }) => Math.max(worst, sentAtMs - healsFromMs), 0);
