import validator from 'validator';

const controlCharacter = /\p{Cc}/u;

/** The string formats that the schemas of this package name, for every validator that checks them. */
export const formats = {
  /** One address as RFC 5321 bounds it: no display name, no list, no address literal, no quoted local part. */
  email: (value: string): boolean =>
    validator.isEmail(value, { allow_utf8_local_part: false }) && !value.includes('"'),
  /** Something to read, on one line. */
  'person-name': (value: string): boolean => value.trim() !== '' && !controlCharacter.test(value),
};
