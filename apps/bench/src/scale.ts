/** How much is measured. */
export interface Scale {
  rounds: number;
  accept: { warmUpSeconds: number; ignoreFirstMs: number; seconds: number };
  /** Sign-ups of one turn, from the first that is posted to the last that is mailed. */
  endToEnd: { concurrent: number; byDefault: number };
  /** Sign-ups that wait while a worker works; first and last are compared. `warmUpSignUps` go before each window. */
  backlog: { levels: readonly number[]; warmUpSignUps: number; windowMs: number };
  /** Sign-ups of one turn, for one worker and for all of them. */
  replicas: { workers: number; signUpsEach: number };
  waitingSignUps: number;
  workerMemory: { first: number; last: number; idleMs: number };
  idleSignUps: number;
}

/** What `docs/benchmarks.md` is made of. */
export const fullScale: Scale = {
  rounds: 5,
  accept: { warmUpSeconds: 4, ignoreFirstMs: 1_000, seconds: 6 },
  endToEnd: { concurrent: 5_000, byDefault: 2_000 },
  backlog: { levels: [1_000, 10_000, 100_000], warmUpSignUps: 1_000, windowMs: 5_000 },
  replicas: { workers: 4, signUpsEach: 1_500 },
  waitingSignUps: 10_000,
  workerMemory: { first: 10_000, last: 100_000, idleMs: 2_000 },
  idleSignUps: 100,
};

/** Shows within a minute that everything runs; its figures say little. */
export const quickScale: Scale = {
  rounds: 1,
  accept: { warmUpSeconds: 1, ignoreFirstMs: 300, seconds: 2 },
  endToEnd: { concurrent: 600, byDefault: 300 },
  backlog: { levels: [500, 5_000], warmUpSignUps: 100, windowMs: 1_000 },
  replicas: { workers: 4, signUpsEach: 150 },
  waitingSignUps: 1_000,
  workerMemory: { first: 500, last: 5_000, idleMs: 500 },
  idleSignUps: 15,
};
