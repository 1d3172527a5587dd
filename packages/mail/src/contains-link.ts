import { LinkifyIt } from 'linkify-it';
import { parse } from 'tldts';

const linkify = new LinkifyIt({ fuzzyLink: true, fuzzyEmail: true, fuzzyIP: true });

/**
 * What may be the end of a domain. What stands before it is not looked at: mail programs differ in where a
 * link begins.
 */
const domainEnds = /(?<=[^\s.])(?:\.[\p{L}\p{M}\p{N}]+)+/gu;

/** Programs know these without `//`. Not any word and a colon: Mohawk names have one. */
const schemes =
  'bitcoin|callto|data|facetime|file|geo|javascript|magnet|mailto|matrix|news|sip|sips|skype|sms|tel|urn|webcal|' +
  'whatsapp|xmpp';

/** What other programs than those with linkify-it turn into a link. */
const otherLinks = new RegExp(
  [
    String.raw`:\/\/`,
    String.raw`\S@\S`,
    String.raw`(?<!\p{L})(?:www\d*|ftp)\.\S`,
    String.raw`(?<!\p{L})(?:${schemes}):\S`,
    String.raw`\\\\\S`, // a folder of another machine
    String.raw`(?:\p{Nd}[\s().+\/·_,−\p{Pd}]*){7}`, // a telephone number
  ].join('|'),
  'iu',
);

/**
 * Whether a mail program would make a link of `text` or of a part of it. Says yes too often rather than too
 * seldom: it is asked about names, and a greeting can do without one.
 */
export const containsLink = (text: string): boolean =>
  // As it is, and as a program reads it that knows other forms of the same letters and dots.
  [text, text.normalize('NFKC').replaceAll('。', '.')].some(
    (reading) =>
      linkify.test(reading) ||
      otherLinks.test(reading) ||
      Array.from(reading.matchAll(domainEnds)).some(([end]) => parse(`x${end}`).isIcann === true),
  );
