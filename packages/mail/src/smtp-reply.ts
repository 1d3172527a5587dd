import { domainOf } from './domain-of.ts';

/** A server may say as much as it likes. This much of it is kept, and nothing looks at the rest. */
const longestReply = 500;

/** Control, format and other characters that show nothing, such as those that a terminal obeys. */
const invisible = /\p{C}+/gu;

/** Whatever has an @ in it, plain or encoded as in a URL. */
const anyAddress = /[^\s<>()]*(?:@|%40)[^\s<>()]*/gi;

/**
 * What a mail server said, for a log and for the record of a sign-up: at most 500 characters, on one line, and without
 * addresses. The recipient's local part is also taken out by itself, since servers repeat it in forms of their own
 * (`ada=example.com`, `user ada unknown`).
 */
export const readableReply = (text: string, recipient: string): string => {
  const line = text.slice(0, longestReply).replace(invisible, ' ').replace(anyAddress, '…');
  const known = localPartsOf(recipient).map((part) => part.replace(/[^\p{L}\p{N}]/gu, '\\$&'));
  if (known.length === 0) return line;
  return line.replace(new RegExp(`(?<![\\p{L}\\p{N}])(?:${known.join('|')})(?![\\p{L}\\p{N}])`, 'giu'), '…');
};

/** The local part, and the part before its tag (`ada` of `ada+news`); the longer first. */
const localPartsOf = (address: string): string[] => {
  const local = address.slice(0, -domainOf(address).length - 1);
  const [untagged = ''] = local.split(/[+-]/);
  return [...new Set([local, untagged])].filter((part) => part !== '');
};
