import type { Fault } from './faults/fault.ts';
import { faultsOf } from './faults/faults-of.ts';
import type { Store } from './options.ts';
import { type Random, seededRandom } from './random.ts';

/** The possible faults of a part, and the pause between two of them. */
interface Lane {
  faults: Record<string, Pick<Fault<never>, 'lastsMs'>>;
  pauseMs: readonly [number, number];
}

/** Each part breaks independently of the others, so that their faults overlap in every way. */
const lanesOf = (store: Store) => {
  const faults = faultsOf(store);
  const api: Lane = { faults: faults.api, pauseMs: [5_000, 18_000] };
  const worker: Lane = { faults: faults.worker, pauseMs: [5_000, 18_000] };
  const redis: Lane = { faults: faults.redis, pauseMs: [6_000, 20_000] };
  return {
    'API 1': api,
    'API 2': api,
    'worker 1': worker,
    'worker 2': worker,
    'worker 3': worker,
    Redis: redis,
    mail: { faults: faults.mail, pauseMs: [1_000, 5_000] },
    // At the end, so that the others break in the same way without it.
    PostgreSQL: { faults: faults.postgres, pauseMs: [6_000, 20_000] },
    // The masters of a cluster.
    'Redis 1': redis,
    'Redis 2': redis,
    'Redis 3': redis,
  } satisfies Record<string, Lane>;
};

export type PartName = keyof ReturnType<typeof lanesOf>;

/** What keeps the sign-ups and the jobs. All else is there with every store. */
const keepersOf: Record<Store, readonly PartName[]> = {
  redis: ['Redis'],
  cluster: ['Redis 1', 'Redis 2', 'Redis 3'],
  postgres: ['Redis', 'PostgreSQL'],
};
const keepers = new Set(Object.values(keepersOf).flat());

/** The parts that there are with `store`. */
export const partNamesOf = (store: Store): PartName[] =>
  (Object.keys(lanesOf(store)) as PartName[]).filter(
    (name) => !keepers.has(name) || keepersOf[store].includes(name),
  );

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
 * and the store only: nothing that happens in a run changes them, and a longer run begins like a shorter one.
 */
export const planFaults = (seed: number, durationMs: number, store: Store): PlannedFault[] => {
  const lanes = lanesOf(store);
  return partNamesOf(store)
    .flatMap((part, index) => {
      const random = seededRandom(seed + Math.imul(index, 0x9e3779b1));
      return planLane(part, lanes[part], { random, durationMs });
    })
    .sort((one, other) => one.atMs - other.atMs);
};

/** Every fault of the part happens once before one happens again. */
const planLane = (
  part: PartName,
  { faults, pauseMs }: Lane,
  { random, durationMs }: { random: Random; durationMs: number },
): PlannedFault[] => {
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
