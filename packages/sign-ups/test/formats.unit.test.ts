import fc from 'fast-check';
import { toASCII, toUnicode } from 'tr46';
import { describe, expect, test } from 'vitest';
import { canonicalEmail } from '../src/canonical-email.ts';
import { formats, NewUser } from '../src/index.ts';

describe('the email format', () => {
  test.for([
    'ada@example.com',
    'ada+tag@sub.example.co.uk',
    "o'neil@example.com",
    'ADA@EXAMPLE.COM',
    'ada@bücher.example',
    'ada@r3---sn.example.com',
  ])('takes %s', (email) => {
    expect(formats.email(email)).toBe(true);
  });

  test.for([
    '',
    'ada',
    'ada@',
    '@example.com',
    'ada@localhost',
    'ada@example.com.',
    'ada@-example.com',
    'ada@example..com',
    'ada@example.com, bob@example.com',
    'ada@example.com;bob@example.com',
    'Ada <ada@example.com>',
    'ada@[127.0.0.1]',
    'ada@127.0.0.1',
    'ada@example.com\r\nBcc: bob@example.com',
    'ada\u0000@example.com',
    ' ada@example.com',
    'ada@@example.com',
    '"ada lovelace"@example.com',
    'a b@example.com',
    '\u{10000}',
    '\ud800@example.com',
    'ada@\ud800.com',
    'ada@exa%6Dple.com',
    'ada@exam_ple.com',
    'ada@0x7f.1',
    'ada@exam\u00adple.com',
    'ada@exam\ufe0fple.com',
    'ada@exam\u200bple.com',
    `${'a'.repeat(65)}@example.com`,
    `ada@${'a'.repeat(64)}.com`,
    '\u212aate@example.com', // which NFC makes a K
    'a\u1fefb@example.com',
  ])('refuses %j', (email) => {
    expect(formats.email(email)).toBe(false);
  });
});

/** A domain, and its form in ASCII as other implementations of IDNA make it. */
const internationalised = [
  ['bücher.example', 'xn--bcher-kva.example'],
  ['bu\u0308cher.example', 'xn--bcher-kva.example'],
  ['BÜCHER.example', 'xn--bcher-kva.example'],
  ['faß.de', 'xn--fa-hia.de'],
  ['col·lecció.cat', 'xn--collecci-ioa91d.cat'],
  ['نامه\u200cای.com', 'xn--mgba3gch31f060k.com'],
  ['क्\u200cष.com', 'xn--11b2ezcs70k.com'],
  ['क्\u200dष.com', 'xn--11b2ezcw70k.com'],
  ['ශ්\u200dරී.com', 'xn--10cl1a0b660p.com'],
  ['צה״ל.co.il', 'xn--8dbq2a9c.co.il'],
  ['ג׳.com', 'xn--6db0e.com'],
  ['a͵β.com', 'xn--a-kib7p.com'],
  ['ア・イ.jp', 'xn--ccke4x.jp'],
  ['عرب٠١.com', 'xn--ngbrx2nf.com'],
  ['བོད་.bt', 'xn--nbd3loa6m.bt'],
  ['가.kr', 'xn--o39a.kr'],
  ['例え.テスト', 'xn--r8jz45g.xn--zckzah'],
  ['例え。テスト', 'xn--r8jz45g.xn--zckzah'],
  ['ｅｘａｍｐｌｅ．com', 'example.com'],
] as const;

describe('a domain of IDNA2008 (RFC 5890)', () => {
  test.for(internationalised)('%s passes, and so does %s, which is the same', ([unicode, ascii]) => {
    expect(formats.email(`ada@${unicode}`)).toBe(true);
    expect(formats.email(`ada@${ascii}`)).toBe(true);
    expect(canonicalEmail(`Ada@${unicode}`)).toBe(`ada@${ascii}`);
    expect(canonicalEmail(`ada@${ascii.toUpperCase()}`)).toBe(`ada@${ascii}`);
  });

  test.for([
    ['a middle dot that is not between two l (A.3)', 'l·a.com', 'xn--la-0ea.com'],
    ['a middle dot at an end (A.3)', '·l.com', 'xn--l-fda.com'],
    ['a numeral sign that no Greek follows (A.4)', 'a͵b.com', 'xn--ab-63b.com'],
    ['gershayim that follow nothing (A.6)', '״צה.co.il', 'xn--8db9a1b.co.il'],
    ['a katakana dot by itself (A.7)', '・.jp', 'xn--vek.jp'],
    ['a katakana dot in Latin (A.7)', 'a・b.com', 'xn--ab-3n4a.com'],
    ['digits of Arabic and of Persian (A.8, A.9)', 'عرب٠۱.com', 'xn--ngbrx2nz2a.com'],
    ['a joiner in Latin (A.1)', 'a\u200cb.com', 'xn--ab-j1t.com'],
    ['a joiner at an end (A.1)', 'نامه\u200c.com', 'xn--mgb4dbg9904a.com'],
    ['a joiner without virama (A.2)', 'क\u200dष.com', 'xn--11b2er09f.com'],
    ['a symbol', '☕.com', 'xn--53h.com'],
    ['a capital in its ASCII form', '☕ü.com', 'xn--wca.com'],
    ['tatweel', 'ـ.com', 'xn--chb.com'],
    ['a part of a Hangul syllable', 'ᄀ.kr', 'xn--ypd.kr'],
    ['a mark in front', '\u0301a.com', 'xn--a-wbb.com'],
    ['a hyphen in front', '-ü.com', 'xn----eha.com'],
    ['two hyphens where a prefix has them', 'ab--ü.com', 'xn--ab---3ra.com'],
    ['letters of two directions (RFC 5893)', 'אa.com', 'xn--a-zhc.com'],
    ['directions that a joiner parts', 'م\u200c۱eر.com', 'xn--e-knc2dw1bz78g.com'],
    ['nothing that decodes', 'xn--a.com', 'xn--.com'],
    ['a second ASCII form', 'xn---bcher.com', 'xn---h8fhx.com'],
  ])('has not %s: %s, %s', ([, unicode, ascii]) => {
    expect(formats.email(`ada@${unicode}`)).toBe(false);
    expect(formats.email(`ada@${ascii}`)).toBe(false);
  });

  const characters = [
    ...'aelz09-·͵׳״་・ーア例ひαςßблאבנעهمرنی۱۲٠١कषि्ශරြ가ᄀÜＡ',
    '\u200c',
    '\u200d',
    '\u0301',
    'll',
    'xn--',
  ];
  const label = fc
    .array(fc.constantFrom(...characters), { minLength: 1, maxLength: 6 })
    .map((parts) => parts.join(''));
  const domain = fc
    .array(label, { minLength: 1, maxLength: 2 })
    .map((labels) => [...labels, 'com'].join('.'));

  test('is one whichever way it is written, and its canonical form is its own', () => {
    fc.assert(
      fc.property(domain, (unicode) => {
        const ascii = toASCII(unicode) ?? '';
        if (ascii === '') return;
        const isEmail = formats.email(`ada@${unicode}`);
        expect(formats.email(`ada@${ascii}`)).toBe(isEmail);
        if (!isEmail) return;
        expect(canonicalEmail(`ada@${unicode}`)).toBe(`ada@${ascii}`);
        expect(canonicalEmail(`ada@${toUnicode(ascii).domain}`)).toBe(`ada@${ascii}`);
        expect(canonicalEmail(`ada@${ascii}`)).toBe(`ada@${ascii}`);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('a text that is too long', () => {
  // In an order that normalising changes: that takes time by the square of their number.
  const marks = '\u0301\u0323'.repeat(100_000);

  test.for(['email', 'person-name'] as const)('is no %s, and costs next to nothing', (format) => {
    for (const text of [
      marks,
      `ada@a${marks}.com`,
      `${marks}@example.com`,
      `A${marks}`,
      'a'.repeat(1_000_000),
    ])
      expect(formats[format](text)).toBe(false);
  });

  test('is longer than the longest that a schema lets in', () => {
    const longest = NewUser.properties;
    expect(formats['person-name']('\u{1f1e7}'.repeat(longest.name.maxLength ?? 0))).toBe(true);
    const address = `${'a'.repeat(64)}@${`${'b'.repeat(61)}.`.repeat(3)}com`;
    expect(address).toHaveLength(longest.email.maxLength ?? 0);
    expect(formats.email(address)).toBe(true);
  });
});
