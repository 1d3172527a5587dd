import { domainToASCII } from 'node:url';

const domainCharacters = /^[\p{L}\p{M}\p{N}.-]+$/u;

/**
 * The form in which two addresses are the same one: the domain in its IDNA form (RFC 5891), the local part without case
 * and in NFC. RFC 5321 leaves the local part's case to its host; nobody hands out two that differ by it alone.
 */
export const canonicalEmail = (email: string): string => {
  const at = email.lastIndexOf('@');
  const domain = email.slice(at + 1);
  // Else it would decode `%41`, and take `0x7f.1` for an address.
  const ascii = domainCharacters.test(domain) ? domainToASCII(domain.normalize('NFC')) : '';
  return `${email.slice(0, at).normalize('NFC').toLowerCase()}@${ascii}`;
};
