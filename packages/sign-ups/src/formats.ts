import validator from 'validator';
import { canonicalEmail } from './canonical-email.ts';

/** Control and format characters (bidi, zero-width, tags), line and paragraph separators, lone surrogates. */
const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\u115f\u1160\u3164\uffa0]/u;

/**
 * The joiners, which are letters' business in Arabic, Syriac, N'Ko, Mongolian and the scripts of India and its
 * neighbours, and join the parts of an emoji.
 */
const joinersInPlace = new RegExp(
  [
    String.raw`(?<=[\u0600-\u07ff\u0840-\u085f\u08a0-\u0dff\u0f00-\u109f\u1780-\u18af]\p{M}*)[\u200c\u200d]`,
    String.raw`(?<=\p{Extended_Pictographic}[\ufe0f\u{1f3fb}-\u{1f3ff}]?)\u200d(?=\p{Extended_Pictographic})`,
  ].join('|'),
  'gu',
);

/** As it was given: some letters of other scripts become ASCII in the canonical form. */
const asciiLocalPart = /^[\x21-\x7e]+@[^@]*$/;
const longestLocalPart = 64;
const longestEmail = 254;

/** The string formats that the schemas of this package name, for every validator that checks them. */
export const formats = {
  /**
   * One address as RFC 5321 bounds it, in ASCII but for its domain: no display name, no list, no address literal, no
   * quoted local part.
   */
  email: (value: string): boolean => {
    if (!asciiLocalPart.test(value) || !value.isWellFormed()) return false;
    const canonical = canonicalEmail(value);
    return (
      canonical.length <= longestEmail &&
      canonical.lastIndexOf('@') <= longestLocalPart &&
      !value.includes('"') &&
      validator.isEmail(canonical, { allow_utf8_local_part: false })
    );
  },
  /** Something to read, on one line, that shows all it holds. */
  'person-name': (value: string): boolean =>
    value.trim() !== '' && !invisible.test(value.replace(joinersInPlace, '')),
};
