import { apiFaults, workerFaults } from './faults/app-faults.ts';
import type { Fault } from './faults/fault.ts';
import { mailFaults } from './faults/mail-faults.ts';
import { redisFaults } from './faults/redis-faults.ts';
import { type Random, seededRandom } from './random.ts';

/** The possible faults of a part, and the pause between two of them. */
interface Lane {
  faults: Record<string, Pick<Fault<never>, 'lastsMs'>>;
  pauseMs: readonly [number, number];
}

const api: Lane = { faults: apiFaults, pauseMs: [5_000, 18_000] };
const worker: Lane = { faults: workerFaults, pauseMs: [5_000, 18_000] };

/** Each part breaks independently of the others, so that their faults overlap in every way. */
const lanes = {
  'API 1': api,
  'API 2': api,
  'worker 1': worker,
  'worker 2': worker,
  'worker 3': worker,
  Redis: { faults: redisFaults, pauseMs: [6_000, 20_000] },
  mail: { faults: mailFaults, pauseMs: [1_000, 5_000] },
} satisfies Record<string, Lane>;

export type PartName = keyof typeof lanes;
export const partNames = Object.keys(lanes) as PartName[];

export interface PlannedFault {
  part: PartName;
  /** The name of the fault in the list of this part. */
  fault: string;
  /** Counted from the start of the load. The fault starts later if the repair of the one before took long. */
  atMs: number;
  lastsMs: number;
}

/**
 * Returns all faults that start within `durationMs`, in the order of their starts. They depend on the seed
 * only: nothing that happens in a run changes them, and a longer run begins like a shorter one.
 */
export const planFaults = (seed: number, durationMs: number): PlannedFault[] =>
  partNames
    .flatMap((part, index) => planLane(part, seededRandom(seed + Math.imul(index, 0x9e3779b1)), durationMs))
    .sort((one, other) => one.atMs - other.atMs);

/** Every fault of the part happens once before one happens again. */
const planLane = (part: PartName, random: Random, durationMs: number): PlannedFault[] => {
  const { faults, pauseMs }: Lane = lanes[part];
  const planned: PlannedFault[] = [];
  for (let atMs = 0; ; ) {
    for (const [fault, { lastsMs: range }] of random.shuffled(Object.entries(faults))) {
      atMs += random.between(...pauseMs);
      if (atMs >= durationMs) return planned;
      const lastsMs = random.between(...range);
      planned.push({ part, fault, atMs, lastsMs });
      atMs += lastsMs;
    }
  }
};
