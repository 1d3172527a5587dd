import type { InjectedFault } from '../inject.ts';
import { partNamesOf } from '../plan.ts';
import type { Findings } from '../run.ts';
import { type Strip, stripsOf } from './strips.ts';

/** The sizes in the drawing. On a wide screen a unit is a pixel. */
const frame = { width: 1_200, left: 76, right: 10, top: 24, laneHeight: 28, stripHeight: 64, gap: 30 };

interface Bar {
  x: number;
  width: number;
  appearance: string;
  /** Empty if there is no space for it. */
  label: string;
  title: string;
}

export interface Timeline {
  frame: typeof frame;
  height: number;
  lanes: { name: string; y: number; bars: Bar[] }[];
  strips: (Strip & { y: number })[];
  ticks: { x: number; label: string }[];
  /** The end of the last fault and of the load. */
  faultsEndedX: number;
  /** The lower end of the lanes and the strips. */
  bottom: number;
}

/** Computes the drawing: a lane for each part, and below the lanes the responses and emails of each second. */
export const timelineOf = (findings: Findings): Timeline => {
  const { options, startedAtMs, faultsEndedAtMs, endedAtMs, faults } = findings;
  const scale = (frame.width - frame.left - frame.right) / (endedAtMs - startedAtMs);
  const toX = (atMs: number) => rounded(frame.left + (atMs - startedAtMs) * scale);
  const lanes = partNamesOf(options.store).map((name, index) => ({
    name,
    y: frame.top + index * frame.laneHeight,
    bars: faults.filter(({ part }) => part === name).map((fault) => barOf(fault, startedAtMs, toX)),
  }));
  const lanesEnd = frame.top + lanes.length * frame.laneHeight;
  const strips = stripsOf(findings, { toX, height: frame.stripHeight }).map((strip, index) => ({
    ...strip,
    y: lanesEnd + frame.gap + index * (frame.stripHeight + frame.gap),
  }));
  const bottom = lanesEnd + strips.length * (frame.stripHeight + frame.gap);
  const ticks = ticksS((endedAtMs - startedAtMs) / 1_000).map((second) => ({
    x: toX(startedAtMs + second * 1_000),
    label: clock(second),
  }));
  return { frame, lanes, strips, ticks, faultsEndedX: toX(faultsEndedAtMs), bottom, height: bottom + 8 };
};

const barOf = (fault: InjectedFault, startedAtMs: number, toX: (atMs: number) => number): Bar => {
  const x = toX(fault.startedAtMs);
  const width = Math.max(3, rounded(toX(fault.repairedAtMs) - x));
  const at = clock((fault.startedAtMs - startedAtMs) / 1_000);
  const seconds = ((fault.repairedAtMs - fault.startedAtMs) / 1_000).toFixed(1);
  return {
    x,
    width,
    appearance: fault.appearance,
    label: labelFor(fault.fault, width),
    title: `${fault.part}: ${fault.fault}, at ${at}, repaired after ${seconds} s`,
  };
};

/** Returns the longest label that fits: the name, or its most important part. */
const labelFor = (name: string, width: number): string => {
  const short = name.replace('connection to ', '').replace(/^(silent|dropping) .*/, '$1');
  const word = /^\d{3}|half-open/.exec(name)?.[0] ?? short;
  return [name, short, word].find((label) => label.length * 5.4 + 8 <= width) ?? '';
};

/** Returns at most 14 round times. */
const ticksS = (lengthS: number): number[] => {
  const stepS = [1, 5, 10, 15, 30, 60, 120, 300, 600, 1_800, 3_600].find((step) => lengthS / step <= 14);
  const step = stepS ?? 7_200;
  return Array.from({ length: Math.floor(lengthS / step) + 1 }, (_, index) => index * step);
};

export const clock = (seconds: number): string =>
  `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`;

const rounded = (number: number): number => Math.round(number * 10) / 10;
