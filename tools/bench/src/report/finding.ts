import { type Spread, spreadOf } from '../statistics.ts';

export type Unit = 'sign-ups/s' | 'ms' | 'µs' | 'KiB' | 'MiB' | '×';

/** What was measured of one contender, or of one setting. */
export interface Series {
  name: string;
  unit: Unit;
  /** Over the rounds. */
  spread: Spread;
}

/** One of each of `names`, of what was measured of it. */
export const seriesOf = <Name extends string>(
  samples: (name: Name) => number[],
  unit: Unit,
  names: readonly Name[],
): Series[] => names.map((name) => ({ name, unit, spread: spreadOf(samples(name)) }));

/** The same figures as those of a part of each. */
export const ofPart = (part: string, series: Series[]): Series[] =>
  series.map((one) => ({ ...one, name: `${one.name}, ${part}` }));

export interface Target {
  sense: 'at least' | 'at most';
  bound: number;
}

/** What one measurement found: a figure beside its target, and the figures behind it. */
export interface Finding {
  /** As the targets are numbered; a measurement of two figures has its number twice. */
  id: number;
  title: string;
  figure: { unit: Unit; spread: Spread };
  target: Target;
  /** Empty where they are those of an earlier finding. */
  series: Series[];
}
