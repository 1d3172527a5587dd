import type { Spread } from '../statistics.ts';
import type { Finding, Target, Unit } from './finding.ts';

/** As many digits as mean something: three. */
export const formatNumber = (value: number): string =>
  value >= 100
    ? Math.round(value).toLocaleString('en')
    : value.toLocaleString('en', { maximumSignificantDigits: 3, minimumSignificantDigits: 3 });

export const formatFigure = (value: number, unit: Unit): string => `${formatNumber(value)} ${unit}`;

/** The lowest and the highest round; nothing where there was but one. */
export const formatRange = ({ low, high }: Spread): string =>
  low === high ? '' : `${formatNumber(low)} to ${formatNumber(high)}`;

export const formatTarget = ({ sense, bound }: Target, unit: Unit): string => `${sense} ${bound} ${unit}`;

export const isMet = ({ figure, target }: Finding): boolean =>
  target.sense === 'at least' ? figure.spread.median >= target.bound : figure.spread.median <= target.bound;
