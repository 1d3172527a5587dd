import ms, { type StringValue } from 'ms';
import { type Decoder, InvalidValue } from './variable.ts';

export const anyText: Decoder<string> = (text) => text;

/** @param must is what the message says about a text that does not match: `must be an address` */
export const matching =
  (pattern: RegExp, must: string): Decoder<string> =>
  (text) => {
    if (!pattern.test(text)) throw new InvalidValue(must);
    return text;
  };

/** A whole number, in decimal digits. */
export const integer =
  ({ min, max }: { min: number; max: number }): Decoder<number> =>
  (text) => {
    const number = /^[0-9]+$/.test(text) ? Number(text) : Number.NaN;
    if (number >= min && number <= max) return number;
    throw new InvalidValue(`must be a whole number from ${min} to ${max}`);
  };

export const oneOf =
  <const Word extends string>(...words: readonly Word[]): Decoder<Word> =>
  (text) => {
    const word = words.find((candidate) => candidate === text);
    if (word === undefined) throw new InvalidValue(`must be one of: ${words.join(', ')}`);
    return word;
  };

/** Values with commas in between; an empty text is an empty list. */
export const listOf =
  <Value>(decode: Decoder<Value>): Decoder<Value[]> =>
  (text, context) =>
    text === '' ? [] : text.split(',').map((entry) => decode(entry.trim(), context));

/** `off`, or what `decode` reads. */
export const offOr =
  <Value>(decode: Decoder<Value>): Decoder<Value | undefined> =>
  (text, context) => {
    if (text === 'off') return undefined;
    try {
      return decode(text, context);
    } catch (error) {
      throw error instanceof InvalidValue ? new InvalidValue(`${error.message}, or off`) : error;
    }
  };

const readDuration = (text: string, longest: StringValue): number => {
  const durationMs = /^[0-9]+(ms|s|m|h|d)$/.test(text) ? ms(text as StringValue) : Number.NaN;
  if (durationMs <= ms(longest)) return durationMs;
  throw new InvalidValue(
    `must be a number and its unit (ms, s, m, h or d), and at most ${longest}: 500ms, 8s`,
  );
};

const limitUpTo =
  (longest: StringValue): Decoder<number> =>
  (text, { isProduction }) => {
    const durationMs = readDuration(text, longest);
    // Node, for one, takes a timeout of 0 for none.
    if (durationMs === 0 && isProduction) throw new InvalidValue('must be longer than 0 in production');
    return durationMs;
  };

/** A number and its unit, as ms: `500ms`, `8s`, `24h`. In production it is not 0. */
export const duration = limitUpTo('365d');

/**
 * A duration for a timer. Node's count to 2³¹ - 1 ms (24.8 d) and fire at once above that, so two of these
 * still fit.
 */
export const timeout = limitUpTo('12d');

/** How long to wait before something begins: 0 is no wait. */
export const delay: Decoder<number> = (text) => readDuration(text, '12d');

export interface Rate {
  max: number;
  durationMs: number;
}

/** So many in so long: `600/1m`. */
export const rate: Decoder<Rate> = (text, context) => {
  const [, max, per] = /^([1-9][0-9]{0,8})\/([1-9][0-9]*[a-z]+)$/.exec(text) ?? [];
  try {
    if (max && per) return { max: Number(max), durationMs: duration(per, context) };
  } catch {} // the duration's own message would not mention the number
  throw new InvalidValue('must be a number and a duration, like 600/1m');
};
