import { withoutJoinersInPlace } from './joiners-in-place.ts';

/**
 * In UTF-16 units, which cost nothing to count: a name has at most 200 code points, and each is one unit or
 * two.
 */
const longestName = 2 * 200;

const ordinary = /^ *[!-~][ -~]*$/;

/** Letters and signs that are drawn as nothing, though no Unicode property says so. */
const blanks = String.raw`\u2800\ufffc\u{13441}\u{13442}\u{1d159}`;
const somethingVisible = new RegExp(
  String.raw`[[\p{L}\p{N}\p{P}\p{S}\p{Extended_Pictographic}]--[\p{Default_Ignorable_Code_Point}${blanks}]]`,
  'v',
);

/**
 * The deepest stack of marks in use, the Kālacakra monogram of Tibetan, has 8. Hebrew with its accents needs
 * 6, Burmese 6 and Vietnamese 2. "Zalgo" text has dozens, which cover the lines above and below it.
 */
const tooManyMarks = /\p{M}{9}/u;
/** It would be drawn on the character that comes before the name in the message. */
const markWithoutBase = /^\s*\p{M}/u;

/**
 * What has no look of its own: controls, line and paragraph separators, lone surrogates, noncharacters,
 * everything that Unicode says to leave out when text is drawn (bidi controls, zero-width characters, tags,
 * fillers), and format characters that belong to no script.
 *
 * Private-use and unassigned characters are drawn, as a box at the least, and may stay: older systems for
 * Chinese keep rare characters of names in the former, and next year's emoji are among the latter.
 */
const hidden = new RegExp(
  [
    String.raw`[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}\p{Default_Ignorable_Code_Point}]`,
    String.raw`[\p{Cf}&&[\p{Script=Common}\p{Script=Inherited}]]`,
  ].join('|'),
  'v',
);

/** Whether `name` is something to read, on one line, that shows all it holds. */
export const isPersonName = (name: string): boolean => {
  if (name.length > longestName) return false;
  if (ordinary.test(name)) return true;
  return (
    somethingVisible.test(name) &&
    !tooManyMarks.test(name) &&
    !markWithoutBase.test(name) &&
    !hidden.test(withoutJoinersInPlace(name))
  );
};
