const units = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
] as const;

/** A length of time in its largest unit, rounded down: `3 min`. */
export const inWords = (durationMs: number): string => {
  const seconds = Math.max(0, Math.floor(durationMs / 1_000));
  const [unit, size] = units.find(([, each]) => seconds >= each) ?? ['s', 1];
  return `${Math.floor(seconds / size)} ${unit}`;
};
