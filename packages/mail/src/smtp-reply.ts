import { domainToUnicode } from 'node:url';
import { domainOf, registrableDomainOf } from './domain-of.ts';

/** A server may say as much as it likes. This much of it is kept, and nothing looks at the rest. */
const longestReply = 500;

/** Control, format and other characters that show nothing, such as those that a terminal obeys. */
const invisible = /\p{C}+/gu;

/** Whatever has an @ in it, plain or encoded as in a URL, as quoted-printable or in HTML. */
const anyAddress = /[^\s<>()]*(?:@|%40|=40|&#64;)[^\s<>()]*/gi;

/**
 * What a mail server said, for a log and for the record of a sign-up: at most 500 characters, on one line, and without
 * addresses. The recipient's local part and domain are also taken out by themselves, since servers repeat them in forms of
 * their own (`ada=example.com`, `user ada unknown`, `mx.example.com does not know ada`).
 */
export const readableReply = (text: string, recipient: string): string => {
  const line = cut(text).replace(/\s+/g, ' ').replace(invisible, '').replace(anyAddress, '…');
  const domains = domainsOf(recipient).map(RegExp.escape).join('|');
  const locals = localPartsOf(recipient).map(RegExp.escape).join('|');
  if (locals === '') return line;
  return line.replace(
    new RegExp(`${domains}|(?<![\\p{L}\\p{N}])(?:${locals})(?![\\p{L}\\p{N}])`, 'giu'),
    '…',
  );
};

/** What is cut off may end a word that nobody recognises by its beginning: it goes as a whole. */
const cut = (text: string): string =>
  text.length <= longestReply ? text : text.slice(0, longestReply).replace(/\S*$/, '…');

/** The local part, and the part before its tag (`ada` of `ada+news`); the longer first. */
const localPartsOf = (address: string): string[] => {
  const local = address.slice(0, -domainOf(address).length - 1);
  const [untagged = ''] = local.split(/[+-]/);
  return [...new Set([local, untagged])].filter((part) => part !== '');
};

/** The domain that was registered, in ASCII as it goes over the wire and as people write it. */
const domainsOf = (address: string): string[] => {
  const domain = registrableDomainOf(address);
  return [...new Set([domain, domainToUnicode(domain)])].filter((part) => part !== '');
};
