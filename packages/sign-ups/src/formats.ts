import validator from 'validator';
import { canonicalEmail } from './canonical-email.ts';
import { isPersonName } from './person-name.ts';

/** As it was given: some letters of other scripts become ASCII in the canonical form. */
const asciiLocalPart = /^[\x21-\x7e]+@[^@]*$/;
const longestLocalPart = 64;
const longestEmail = 254;

/** The string formats that the schemas of this package name, for every validator that checks them. */
export const formats = {
  /**
   * One address as RFC 5321 bounds it, in ASCII but for its domain: no display name, no list, no address literal, no
   * quoted local part.
   */
  email: (value: string): boolean => {
    if (!asciiLocalPart.test(value) || !value.isWellFormed()) return false;
    const canonical = canonicalEmail(value);
    return (
      canonical.length <= longestEmail &&
      canonical.lastIndexOf('@') <= longestLocalPart &&
      !value.includes('"') &&
      validator.isEmail(canonical, { allow_utf8_local_part: false })
    );
  },
  'person-name': isPersonName,
};
