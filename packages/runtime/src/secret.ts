import { unguessableLength } from './guessable.ts';
import { type Decoder, InvalidValue } from './variable.ts';

/**
 * A password or a key. Production refuses one that is shorter than `minLength`, or that somebody could guess although it
 * is long: `123456789012`, one letter again and again, an example from a page of this project.
 */
export const secret =
  ({ minLength }: { minLength: number }): Decoder<string> =>
  (text, { isProduction }) => {
    if (!isProduction) return text;
    if (text.length < minLength) throw new InvalidValue(`must have at least ${minLength} characters`);
    // A text that was drawn at random has about twice as many, in hexadecimal digits too.
    if (unguessableLength(text) < (minLength * 3) / 8)
      throw new InvalidValue('is too easy to guess: make one at random');
    return text;
  };
