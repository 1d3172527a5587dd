import { isIPv4 } from 'node:net';
import { domainToASCII } from 'node:url';

const label = '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?';
const domain = new RegExp(`^${label}(\\.${label})*$`, 'i');

/**
 * A domain in its ASCII form (RFC 5890), or `undefined` when `text` is not one (RFC 1123, 2.1). An address is
 * none.
 */
export const toAsciiDomain = (text: string): string | undefined => {
  // domainToASCII would decode what is percent-encoded, and take what stands before a slash for the whole.
  const ascii = /^[^\s/?#@:\\%]+$/.test(text) ? domainToASCII(text) : '';
  return domain.test(ascii) && ascii.length <= 253 && !isIPv4(ascii) ? ascii : undefined;
};
