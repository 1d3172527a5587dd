/** The scripts whose letters join: those with letters of Joining_Type Dual_Joining, in Unicode 17. */
export const joiningScripts = [
  ...['Adlam', 'Arabic', 'Chorasmian', 'Hanifi_Rohingya', 'Mandaic', 'Manichaean', 'Mongolian', 'Nko'],
  ...['Old_Uyghur', 'Phags_Pa', 'Psalter_Pahlavi', 'Sogdian', 'Syriac'],
];

/**
 * The signs that stack consonants, silence them or change their register: those whose Indic_Syllabic_Category
 * is Virama, Invisible_Stacker, Pure_Killer, Reordering_Killer or Register_Shifter, in Unicode 17.
 */
export const stackingSigns = [
  String.raw`\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d3b\u0d3c\u0d4d\u0dca\u0e3a\u0e4e\u0eba`,
  String.raw`\u0f84\u1039\u103a\u1714\u1715\u1734\u17c9\u17ca\u17d1\u17d2\u1a60\u1a7a\u1b44\u1baa\u1bab`,
  String.raw`\u1bf2\u1bf3\ua806\ua82c\ua8c4\ua953\ua9c0\uaaf6\uabed\u{10a3f}\u{11046}\u{11070}\u{110b9}`,
  String.raw`\u{11133}\u{11134}\u{111c0}\u{11235}\u{112ea}\u{1134d}\u{113ce}\u{113cf}\u{113d0}\u{11442}`,
  String.raw`\u{114c2}\u{115bf}\u{1163f}\u{116b6}\u{1172b}\u{11839}\u{1193d}\u{1193e}\u{119e0}\u{11a34}`,
  String.raw`\u{11a47}\u{11a99}\u{11c3f}\u{11d44}\u{11d45}\u{11d97}\u{11f41}\u{11f42}\u{1612f}\u{16d6b}`,
  String.raw`\u{16d6c}`,
].join('');

const joiningLetter = String.raw`[[${joiningScripts.map((name) => `\\p{scx=${name}}`).join('')}]&&\p{L}]`;
const emoji = String.raw`\p{Extended_Pictographic}`;
const mongolianLetter = String.raw`[\p{Script=Mongolian}&&\p{L}]`;
const mongolianVariant = String.raw`[\u180b-\u180d\u180f]`;
const lettersWithVariant = String.raw`[\p{Script=Manichaean}\p{Script=Myanmar}\p{Script=Phags_Pa}]`;

const inPlace = new RegExp(
  [
    // Joiners: where letters join (RFC 5892, A.1 and A.2, but for letters of these scripts that happen not to
    // join, after which people type one all the same), beside signs that stack, and within an emoji.
    String.raw`(?<=${joiningLetter}\p{M}*)(?:\u200d|\u200c(?=${joiningLetter}))`,
    String.raw`(?<=[${stackingSigns}])[\u200c\u200d]`,
    String.raw`(?<=[\p{L}\p{M}])[\u200c\u200d](?=[${stackingSigns}])`,
    String.raw`(?<=${emoji}[\ufe0f\u{1f3fb}-\u{1f3ff}]?)\u200d(?=${emoji})`,
    // The vowel separator of Mongolian, and its variation selectors.
    String.raw`(?<=${mongolianLetter}${mongolianVariant}?)\u180e(?=${mongolianLetter})`,
    `(?<=${mongolianLetter})${mongolianVariant}`,
    // Other variation selectors, after bases that take them (StandardizedVariants.txt,
    // emoji-variation-sequences.txt, and the Ideographic Variation Database). Not after digits and signs of
    // mathematics, which no name needs.
    String.raw`(?<=\p{Emoji})[\ufe0e\ufe0f]`,
    String.raw`(?<=\p{Unified_Ideograph})[\ufe00-\ufe02\u{e0100}-\u{e01ef}]`,
    String.raw`(?<=[${lettersWithVariant}&&[\p{L}\p{M}]])\ufe00`,
    String.raw`(?<=\p{Script=Egyptian_Hieroglyphs})[\ufe00-\ufe06]`,
    String.raw`(?<=[‘’“”、。！，．：；？])[\ufe00\ufe01]`,
    // The flags of England, Scotland and Wales, which are spelled in tags.
    String.raw`\p{RGI_Emoji_Tag_Sequence}`,
  ].join('|'),
  'gv',
);

/**
 * Takes out the characters that have no look of their own but change that of their neighbours, wherever
 * Unicode gives them that use: one joiner between letters that join, one variation selector after a base. All
 * others stay in.
 */
export const withoutJoinersInPlace = (text: string): string => text.replace(inPlace, '');
