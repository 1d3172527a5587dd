import { toASCII, toUnicode } from 'tr46';

/** What IDNA2008 asks of UTS 46: directions (RFC 5893) and joiners (RFC 5892, A.1 and A.2). */
const rules = { checkBidi: true, checkJoiners: true };

const plainDomain = /^(?!.*xn--)[a-z\d.-]+$/i;

/**
 * The domain in ASCII and small letters, as DNS and mail servers know it (RFC 5891); '' if it has no such
 * form. What is in ASCII already is not checked.
 */
export const toAsciiDomain = (domain: string): string =>
  plainDomain.test(domain) ? domain.toLowerCase() : (toASCII(domain, rules) ?? '');

/**
 * RFC 5892, 2: letters, digits and marks, but for the blocks and exceptions that it names. UTS 46 has
 * replaced those that are another form of others.
 */
const valid = new RegExp(
  [
    String.raw`^[[\-\p{Lu}\p{Ll}\p{Lo}\p{Lm}\p{Mn}\p{Mc}\p{Nd}\u06fd\u06fe\u0f0b\u3007]--[`,
    String.raw`\u0640\u07fa\u302e\u302f\u3031-\u3035\u303b`, // 2.6, exceptions
    String.raw`\u20d0-\u20ff\u{1d100}-\u{1d24f}`, // 2.4, marks for symbols, and music
    String.raw`\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff`, // 2.9, the parts of Hangul syllables
    ']]+$',
  ].join(''),
  'v',
);

/**
 * Characters that are allowed in some contexts alone: in those of RFC 5892, A.3 to A.6. `toASCII` has checked
 * A.1 and A.2, and with the directions A.8 and A.9, by which two kinds of Arabic digits do not mix.
 */
const inContext = new RegExp(
  [
    String.raw`(?<=l)\u00b7(?=l)`,
    String.raw`\u0375(?=\p{Script=Greek})`,
    String.raw`(?<=\p{Script=Hebrew})[\u05f3\u05f4]`,
    String.raw`[\u200c\u200d]`,
  ].join('|'),
  'gu',
);

/** RFC 5892, A.7: a label with the middle dot of katakana has a letter of Japanese as well. */
const japaneseLetter = /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u;

/** RFC 5891, 4.2.3.1. */
const misplacedHyphen = /^-|-$|^..--/u;

const isUnicodeLabel = (label: string): boolean => {
  const rest = label.replace(inContext, '');
  return (
    !misplacedHyphen.test(label) &&
    valid.test(japaneseLetter.test(label) ? rest.replaceAll('\u30fb', '') : rest)
  );
};

const isAsciiLabel = (label: string): boolean => /^[\x21-\x7e]*$/.test(label);

/**
 * Whether IDNA2008 has the labels that `toAsciiDomain` has put into ASCII (`xn--…`), or found so: UTS 46 has
 * some more, such as those with emoji.
 */
export const hasIdnaLabels = (asciiDomain: string): boolean =>
  !asciiDomain.includes('xn--') ||
  toUnicode(asciiDomain, rules)
    .domain.split('.')
    .every((label) => isAsciiLabel(label) || isUnicodeLabel(label));
