/** How much is measured. */
export interface Scale {
  isScaledDown: boolean;
  rounds: number;
  accept: { warmUpSeconds: number; ignoreFirstMs: number; seconds: number };
  /**
   * Sign-ups of one turn, and those that each worker has before it, to warm up: until some 1,500 V8 still compiles, and
   * one would measure that.
   */
  endToEnd: { concurrent: number; byDefault: number; warmUp: number };
  /** How many wait when a worker sets to work, and how often. The first and the last level are compared. */
  backlog: readonly { waiting: number; times: number }[];
  replicas: { workers: number; signUpsEach: number; warmUpEach: number };
  /** Users in the table that is not empty. */
  stores: { users: number };
  waitingSignUps: number;
  /** How long memory may take to settle before it is read. */
  settleMs: number;
  /** Those who come alone, after so many others who did. */
  idle: { signUps: number; warmUp: number };
  /** Turns in each round, and requests in each turn, of an API that is observed and of one that is not. */
  observing: { turns: number; requests: number; warmUp: number };
}

/** What `docs/benchmarks.md` is made of. */
export const fullScale: Scale = {
  isScaledDown: false,
  rounds: 5,
  accept: { warmUpSeconds: 3, ignoreFirstMs: 1_000, seconds: 6 },
  endToEnd: { concurrent: 4_000, byDefault: 1_500, warmUp: 1_500 },
  backlog: [
    { waiting: 1_000, times: 10 },
    { waiting: 10_000, times: 2 },
    { waiting: 100_000, times: 1 },
  ],
  replicas: { workers: 4, signUpsEach: 1_000, warmUpEach: 1_500 },
  stores: { users: 1_000_000 },
  waitingSignUps: 10_000,
  settleMs: 2_000,
  idle: { signUps: 100, warmUp: 300 },
  observing: { turns: 8, requests: 2_000, warmUp: 20_000 },
};

/** Shows within a minute that everything runs; its figures say little. */
export const quickScale: Scale = {
  isScaledDown: true,
  rounds: 1,
  accept: { warmUpSeconds: 0, ignoreFirstMs: 300, seconds: 1 },
  endToEnd: { concurrent: 150, byDefault: 60, warmUp: 50 },
  backlog: [
    { waiting: 100, times: 1 },
    { waiting: 500, times: 1 },
  ],
  replicas: { workers: 2, signUpsEach: 40, warmUpEach: 5 },
  stores: { users: 2_000 },
  waitingSignUps: 500,
  settleMs: 300,
  idle: { signUps: 15, warmUp: 10 },
  observing: { turns: 2, requests: 300, warmUp: 100 },
};
