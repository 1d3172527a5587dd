/** A middle, and how far the rounds lie apart around it. */
export interface Spread {
  median: number;
  low: number;
  high: number;
}

/** @throws without a sample: there is no middle of nothing */
export const median = (samples: readonly number[]): number => {
  const sorted = samples.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)];
  const lower = sorted[Math.ceil(middle) - 1];
  if (upper === undefined || lower === undefined) throw new Error('There is no sample');
  return (lower + upper) / 2;
};

/** The median, with the lowest and the highest sample: quartiles of five rounds would say less. */
export const spreadOf = (samples: readonly number[]): Spread => ({
  median: median(samples),
  low: Math.min(...samples),
  high: Math.max(...samples),
});

/**
 * What `ours` is in terms of `theirs`, round by round: those of one round were measured next to each other, so that most
 * of what the machine did meanwhile falls out of their ratio.
 *
 * @throws when they had different numbers of rounds
 */
export const ratioOf = (ours: readonly number[], theirs: readonly number[]): Spread => {
  if (ours.length !== theirs.length) throw new Error('Rounds can only be compared pair by pair');
  return spreadOf(ours.map((sample, round) => sample / (theirs[round] as number)));
};

/** The sample below which `share` of them lie (nearest rank); `sorted` goes upwards. */
export const percentile = (sorted: ArrayLike<number>, share: number): number => {
  const sample = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  if (sample === undefined) throw new Error('There is no sample');
  return sample;
};
