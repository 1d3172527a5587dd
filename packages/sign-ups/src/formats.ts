import validator from 'validator';
import { canonicalEmail } from './canonical-email.ts';
import { hasIdnaLabels } from './idna-domain.ts';
import { isPersonName } from './person-name.ts';

/** As it was given: some letters of other scripts become ASCII in the canonical form. */
const asciiLocalPart = /^[\x21-\x7e]+@[^@]*$/;
/** Those that UTS 46 leaves out of a domain, and a reader can't see. */
const ignoredInDomains = /[[\p{Default_Ignorable_Code_Point}]--[\u200c\u200d]]/v;
const longestLocalPart = 64;
const longestEmail = 254;
/** More than 63 octets (RFC 1035, section 2.3.4). */
const tooLongLabel = /[^.]{64}/;

/**
 * The string formats that the schemas of this package name, for every validator that checks them. Each may be
 * called with a string of any length, since validators that name all faults check the format of what they
 * found too long; so each looks at the length before anything else.
 */
export const formats = {
  /**
   * One address as RFC 5321 bounds it, in ASCII but for its domain, which is one of IDNA2008 (RFC 5890): no
   * display name, no list, no address literal, no quoted local part.
   */
  email: (value: string): boolean => {
    if (value.length > 2 * longestEmail) return false;
    if (!asciiLocalPart.test(value) || ignoredInDomains.test(value)) return false;
    const canonical = canonicalEmail(value);
    const at = canonical.lastIndexOf('@');
    const domain = canonical.slice(at + 1);
    return (
      canonical.length <= longestEmail &&
      at <= longestLocalPart &&
      !tooLongLabel.test(domain) &&
      !value.includes('"') &&
      // validator would encode the address to measure it and its parts, all of which are checked above.
      validator.isEmail(canonical, { allow_utf8_local_part: false, ignore_max_length: true }) &&
      hasIdnaLabels(domain)
    );
  },
  /** Something to read, on one line, that shows all it holds. */
  'person-name': isPersonName,
};
