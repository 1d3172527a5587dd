import { toAsciiDomain } from './idna-domain.ts';

/**
 * The form in which two addresses are the same one: the domain in ASCII, the local part without case and in
 * NFC. RFC 5321 leaves the local part's case to its host; nobody hands out two that differ by it alone.
 */
export const canonicalEmail = (email: string): string => {
  const at = email.lastIndexOf('@');
  return `${email.slice(0, at).normalize('NFC').toLowerCase()}@${toAsciiDomain(email.slice(at + 1))}`;
};
